"""The commands, by what they do: running, looking, keeping, and sources."""
