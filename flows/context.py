"""What every command and flow works with: settings, sources, and the way to store and catalog."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from config.registry import Registry, load_registry
from config.settings import Loaded, Settings, SettingsError, load
from storage.attestation import Attestation, Authority
from storage.outlets import Outlets
from storage.repaired import Repaired, open_archive

if TYPE_CHECKING:
    from storage.catalog import Catalog


class Context:
    """Opened on demand: a command that only reads the catalog never waits for the store."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.loaded.settings

    @cached_property
    def registry(self) -> Registry:
        """All sources. Raises SourceError."""
        return load_registry(self.settings.user_sources)

    @property
    def outlets(self) -> Outlets:
        """The sources by name and site."""
        return Outlets(self.registry.sources.values())

    @cached_property
    def catalog(self) -> "Catalog":
        """The catalog. Raises CatalogError."""
        from storage.catalog import open_catalog  # SQLAlchemy takes 0.3 s

        return open_catalog(self.settings.catalog_url)

    @cached_property
    def attestation(self) -> Attestation:
        """What vouches for the log entries made here. Raises SettingsError."""
        settings, signer, authority = self.settings, None, None
        if settings.signing_key or settings.key_file.exists():
            from storage.signing import SigningError, load_signer  # 0.3 s

            try:
                signer = load_signer(settings.key_file)
            except SigningError as error:
                raise SettingsError(str(error)) from error
        if settings.timestamp_url:
            roots = Path(settings.timestamp_roots).expanduser()
            authority = Authority(settings.timestamp_url, roots)
        return Attestation(signer, authority)

    @cached_property
    def store(self) -> Repaired:
        """The archive's store, read through its repairs. Raises StoreError."""
        return open_archive(self.settings.store_url, self.settings.object_lock_days)


def open_context() -> Context:
    """A context from the environment and the TOML file. Raises SettingsError."""
    return Context(load(cwd=Path.cwd()))
