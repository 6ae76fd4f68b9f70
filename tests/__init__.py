"""A regular package, because a dependency installs one of this name that would come first."""
