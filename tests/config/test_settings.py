"""Settings: what wins, where a value came from, and what is refused in which words."""

from pathlib import Path

import pytest

from config.settings import DEFAULT_FILE, Settings, SettingsError, load


def write(folder: Path, text: str) -> Path:
    """A settings file in `folder`."""
    file = folder / DEFAULT_FILE
    file.write_text(text, encoding="utf-8")
    return file


def test_without_anything_the_defaults_are_in_force(tmp_path: Path) -> None:
    loaded = load({}, tmp_path)
    assert loaded.settings == Settings()
    assert set(loaded.origin) == set(Settings.__struct_fields__)
    assert set(loaded.origin.values()) == {"default"}


def test_the_environment_wins_over_the_file_and_the_file_over_the_default(tmp_path: Path) -> None:
    file = write(tmp_path, "max_pages = 7\nmax_follows = 8\n")
    loaded = load({"COPYTRAIL_MAX_PAGES": "9"}, tmp_path)
    settings, origin = loaded.settings, loaded.origin
    assert (settings.max_pages, settings.max_follows) == (9, 8)
    assert settings.revisit_days == Settings().revisit_days
    assert origin["max_pages"] == "environment COPYTRAIL_MAX_PAGES"
    assert origin["max_follows"] == str(file)
    assert origin["revisit_days"] == "default"


def test_an_empty_variable_is_as_good_as_none(tmp_path: Path) -> None:
    write(tmp_path, 'contact = "a@example.org"')
    loaded = load({"COPYTRAIL_CONTACT": "", "COPYTRAIL_CONFIG": ""}, tmp_path)
    assert loaded.settings.contact == "a@example.org"


def test_the_file_that_is_named_is_read_instead(tmp_path: Path) -> None:
    write(tmp_path, "max_pages = 1")
    other = tmp_path / "other.toml"
    other.write_text("max_pages = 2")
    loaded = load({"COPYTRAIL_CONFIG": str(other)}, tmp_path)
    assert loaded.settings.max_pages == 2
    assert loaded.origin["max_pages"] == str(other)


@pytest.mark.parametrize(("text", "value"), [("true", True), ("1", True), ("false", False)])
def test_yes_and_no_in_the_environment(text: str, value: bool, tmp_path: Path) -> None:
    loaded = load({"COPYTRAIL_ALLOW_PRIVATE_ADDRESSES": text}, tmp_path)
    assert loaded.settings.allow_private_addresses is value


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("MAX_PAGES", "many", "write a whole number"),
        ("MAX_PAGES", "1.5", "write a whole number"),
        ("MAX_PAGES", "-1", "must not be below 0"),
        ("MAX_EXCHANGE_SECONDS", "soon", "write a number"),
        ("MAX_EXCHANGE_SECONDS", "nan", "must not be below 0 nor without bound"),
        ("MAX_EXCHANGE_SECONDS", "inf", "must not be below 0 nor without bound"),
        ("MAX_EXCHANGE_SECONDS", "0", "must be above 0"),
        ("MAX_BODY_BYTES", "0", "must be above 0"),
        ("ALLOW_PRIVATE_ADDRESSES", "yes", "write true or false"),
        ("CONTACT", "me@example.org\r\nX-Other: 1", "control characters"),
        ("CONTACT", "é@example.org", "ASCII"),
    ],
)
def test_a_value_that_cannot_be_is_told_with_its_place(
    name: str, text: str, says: str, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match=says) as told:
        load({f"COPYTRAIL_{name}": text}, tmp_path)
    assert str(told.value).startswith(f"{name.lower()} (from environment COPYTRAIL_{name}): ")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("max_pages = true", "max_pages"),
        ("max_pages = [1]", "max_pages"),
        ("max_exchange_seconds = nan", "max_exchange_seconds"),
        ("home = 5", "home"),
        ("store = 5", "store"),
        ('store = "a\\nb"', "store"),
        ("max_page = 5", r"no such setting: max_page \(did you mean max_pages\?\)"),
        ("[max_pages]\nx = 1", "max_pages"),
        ("[crawl]\nmax_pages = 1", "no such setting: crawl"),
        ("max_pages = ", "not valid TOML"),
        ("max_pages = 1\nmax_pages = 2", "not valid TOML"),
    ],
)
def test_a_fault_in_the_file_is_told_with_the_file(text: str, says: str, tmp_path: Path) -> None:
    file = write(tmp_path, text)
    with pytest.raises(SettingsError, match=says) as told:
        load({}, tmp_path)
    assert str(file) in str(told.value)


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    (tmp_path / DEFAULT_FILE).write_bytes(b"contact = '\xff'")
    with pytest.raises(SettingsError, match=r"copytrail\.toml: not valid TOML"):
        load({}, tmp_path)


@pytest.mark.parametrize("make", [None, Path.mkdir])
def test_a_named_file_that_cannot_be_read_is_told(make: object, tmp_path: Path) -> None:
    file = tmp_path / "named.toml"
    if make is not None:
        file.mkdir()
    with pytest.raises(SettingsError, match=r"named\.toml: cannot be read \(.+COPYTRAIL_CONFIG"):
        load({"COPYTRAIL_CONFIG": str(file)}, tmp_path)


@pytest.mark.parametrize(
    ("name", "meant"),
    [("STROE", "STORE"), ("MAXPAGES", "MAX_PAGES"), ("CONFG", "CONFIG"), ("store", None)],
)
def test_a_variable_that_is_no_setting_is_an_error(
    name: str, meant: str | None, tmp_path: Path
) -> None:
    with pytest.raises(SettingsError, match=f"COPYTRAIL_{name}: no such setting") as told:
        load({f"COPYTRAIL_{name}": "x"}, tmp_path)
    if meant:
        assert f"did you mean COPYTRAIL_{meant}?" in str(told.value)


@pytest.mark.parametrize(
    "name", ["DEBUG", "CONFIG", "SERVICE_HOST", "SERVICE_PORT_HTTP", "PORT", "PORT_80_TCP_ADDR"]
)
def test_variables_of_the_door_and_of_kubernetes_are_no_typos(name: str, tmp_path: Path) -> None:
    value = str(write(tmp_path, "")) if name == "CONFIG" else "tcp://192.0.2.1:80"
    assert load({f"COPYTRAIL_{name}": value}, tmp_path).settings == Settings()


def test_where_things_lie_follows_from_home(tmp_path: Path) -> None:
    settings = load({"COPYTRAIL_HOME": str(tmp_path / "h")}, tmp_path).settings
    assert settings.store_url == str(tmp_path / "h" / "archive")
    assert settings.catalog_url == f"sqlite:///{tmp_path / 'h' / 'catalog.sqlite'}"
    assert settings.user_sources == tmp_path / "h" / "sources"


def test_a_tilde_is_the_users_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    write(tmp_path, 'home = "~/news"\nstore = "~/archive"')
    settings = load({}, tmp_path).settings
    assert settings.home == tmp_path / "news"
    assert settings.store_url == str(tmp_path / "archive")


def test_a_tilde_of_nobody_is_told(tmp_path: Path) -> None:
    write(tmp_path, 'home = "~nobody-of-that-name/x"')
    with pytest.raises(SettingsError, match="home"):
        load({}, tmp_path)


def test_an_s3_store_stays_as_it_is() -> None:
    assert Settings(store="s3://bucket/prefix").store_url == "s3://bucket/prefix"


def test_the_user_agent_gives_the_contact() -> None:
    assert Settings().user_agent == "copytrail/0.1"
    assert Settings(contact="a@example.org").user_agent == "copytrail/0.1 (+a@example.org)"


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Settings().max_pages = 2  # type: ignore[misc]
