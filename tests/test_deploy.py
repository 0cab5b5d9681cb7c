"""deploy/ as far as it can be held to its word without a Docker engine or systemd as the first process."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from ruamel.yaml import YAML

from monitor.config import ReceiverSettings, Settings, parse_config

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"

# --- the configuration ---------------------------------------------------------------------------------

EXAMPLE = (DEPLOY / "monitor.toml").read_text("utf-8").splitlines()
SETTING = re.compile(r"#(?=\S)")  # `# text` explains, `#key = value` is a setting
SECRETS = ("SMTP", "DATABASE", "PROXY", "WIRE")
ENVIRONMENT = {f"{name}_PASSWORD": "p@ss/word" for name in SECRETS} | {"WIRE_KEY": "k", "WIRE_SESSION": "s"}
# What a setting cannot be without.
NEEDS = {"username": 'password = "x"', "password": 'username = "x"', "password_file": 'username = "x"'}


@pytest.fixture
def folder(tmp_path):
    """A folder of configuration, with the secrets that the example reads from there."""
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "database").write_text("postgresql://monitor@127.0.0.1/monitor\n")
    (tmp_path / "secrets" / "wire").write_text("secret\n")
    (tmp_path / "secrets" / "wire-cookies").write_text("session=abc\n")
    (tmp_path / "secrets" / "heartbeat").write_text("https://ping.example/x\n")
    (tmp_path / "secrets" / "desk").write_text("jsons://hooks.example/a\nmailto://desk.example\n")
    return tmp_path


def parse(lines: list[str], folder: Path) -> Settings:
    return parse_config("\n".join(lines), folder / "monitor.toml", ENVIRONMENT)


def table_of(lines: list[str], at: int) -> str:
    headers = [SETTING.sub("", line, 1) for line in lines[: at + 1]]
    return next((line for line in reversed(headers) if line.startswith("[")), "")


def key_of(line: str) -> str:
    return SETTING.sub("", line, 1).partition("=")[0].strip() if "=" in line else ""


def with_setting(at: int) -> list[str]:
    """The example with its setting in line `at` in force, and without those that contradict it."""
    lines, table, key = list(EXAMPLE), table_of(EXAMPLE, at), key_of(EXAMPLE[at])
    for i, line in enumerate(EXAMPLE):
        if i != at and table_of(EXAMPLE, i) == table and not line.startswith("# ") and key_of(line):
            other = key_of(line)
            if other == key or key.removesuffix("_file") == other.removesuffix("_file"):
                lines[i] = "#"
        if line == f"#{table}" or (table in ("[alerts]", "[[routes]]") and line == "#[receivers.desk]"):
            lines[i] = SETTING.sub("", line, 1)
    lines[at] = "\n".join(filter(None, (SETTING.sub("", EXAMPLE[at], 1), NEEDS.get(key))))
    if table == "[[feeds]]" and key != "url":
        lines[at] = 'url = "https://news.example/rss"\n' + lines[at]
    if table == "[[routes]]" and key != "to":
        lines[at] = 'to = ["desk"]\n' + lines[at]
    return lines


SETTINGS = [i for i, line in enumerate(EXAMPLE) if SETTING.match(line) and key_of(line)]


def test_the_example_is_valid_as_it_stands(folder):
    settings = parse(EXAMPLE, folder)
    assert settings.database == "sqlite:////var/lib/monitor/monitor.db"
    assert settings == Settings(database=settings.database, rules=folder / "rules"), "all else is a default"


@pytest.mark.parametrize("at", SETTINGS, ids=lambda at: EXAMPLE[at])
def test_each_setting_that_is_commented_out_is_valid(folder, at):
    before, after = parse(EXAMPLE, folder), parse(with_setting(at), folder)
    assert after != before


def fields() -> set[str]:
    """Every key of the configuration, as `table.key`."""
    found: set[str] = set()
    for name, field in Settings.model_fields.items():
        kind: Any = field.annotation
        inner = getattr(kind, "__args__", (kind,))[0] if name in ("feeds", "routes") else kind
        if name == "receivers":
            found |= {f"receivers.{key}" for key in ReceiverSettings.model_fields}
        elif hasattr(inner, "model_fields"):
            found |= {f"{name}.{each.alias or key}" for key, each in inner.model_fields.items()}
        else:
            found.add(name)
    return found


def test_the_example_has_every_key_and_no_other():
    named = set()
    for i, line in enumerate(EXAMPLE):
        if not line.startswith("# ") and key_of(line):
            table = table_of(EXAMPLE, i).strip("[]").partition(".")[0]
            named.add(f"{table}.{key_of(line)}".strip("."))
    assert named == fields()


# --- the unit ------------------------------------------------------------------------------------------

UNIT = (DEPLOY / "monitor.service").read_text("utf-8")
needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None,
    reason="systemd-analyze is not installed: the unit is not checked",
)


def analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", "--no-pager", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def directive(name: str) -> list[str]:
    return [line.partition("=")[2] for line in UNIT.splitlines() if line.startswith(f"{name}=")]


@needs_systemd
def test_the_unit_is_understood_by_systemd(tmp_path):
    unit = tmp_path / "monitor.service"
    unit.write_text(UNIT.replace("/opt/monitor/venv/bin/monitor", sys.executable))
    done = analyze("verify", unit)
    ours = [line for line in done.stderr.splitlines() if "monitor.service" in line]
    # systemd-analyze also looks for the page of documentation, which is where the service is installed.
    assert (done.returncode, ours) == (0, [])


@needs_systemd
def test_the_units_exposure_is_low():
    done = analyze("security", "--offline=true", DEPLOY / "monitor.service")
    exposure = re.search(r"Overall exposure level for monitor.service: ([\d.]+)", done.stdout)
    assert exposure, done.stdout + done.stderr
    assert float(exposure[1]) < 2


def test_the_unit_gives_the_daemon_the_time_it_needs():
    from monitor.daemon import STOP_SECONDS

    assert directive("KillMode") == ["mixed"], "the daemon ends its workers when they are done"
    [stop] = directive("TimeoutStopSec")
    assert float(stop) > 10 > STOP_SECONDS
    assert directive("Type") == ["notify"]
    assert "-HUP" in directive("ExecReload")[0]
    assert directive("RestartPreventExitStatus") == ["2 3"]


# --- the image and the compose file --------------------------------------------------------------------

DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8").replace("\\\n", " ").splitlines()
COMPOSE = YAML(typ="safe").load((DEPLOY / "compose.yaml").read_text("utf-8"))
SERVICES = COMPOSE["services"]


def instructions(name: str) -> list[str]:
    return [line.partition(" ")[2].strip() for line in DOCKERFILE if line.startswith(name + " ")]


def test_every_file_that_the_image_copies_is_there_and_let_through():
    wanted = [source for line in instructions("COPY") if "--from" not in line for source in line.split()[:-1]]
    let_through = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    assert {"monitor", "rules", "pyproject.toml", "deploy/requirements.txt"} <= set(wanted)
    for source in wanted:
        assert (ROOT / source).exists(), source
        assert f"!{source}" in let_through, f"{source} is not sent to the builder"
    assert let_through[0] == "*"


def test_the_image_has_what_the_package_is_built_from():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    built_from = {project["project"]["readme"], *project["project"]["license-files"]}
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    built_from |= {*wheel["packages"], *wheel["force-include"]}
    copied = {source for line in instructions("COPY") for source in line.split()}
    assert built_from <= copied


def test_the_image_runs_as_nobody_in_particular_and_knows_when_it_is_unwell():
    last = len(DOCKERFILE) - 1 - [line[:5] for line in reversed(DOCKERFILE)].index("FROM ")
    assert "USER 10001:10001" in DOCKERFILE[last:]
    assert instructions("VOLUME") == ["/data"]
    [health] = [line for line in DOCKERFILE[last:] if line.startswith("HEALTHCHECK")]
    assert "monitor status --check || exit 1" in health
    assert all(
        "--require-hashes" in line or "--no-deps" in line for line in DOCKERFILE if "pip install" in line
    )
    assert all(":" in line.split()[0] for line in instructions("FROM")), "images are named with a tag"


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_can_do_nothing_but_its_work(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert "privileged" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert int(service["user"].split(":")[0]) >= 999
    assert any(mount.startswith("/tmp:") for mount in service["tmpfs"])
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert "host" not in (service.get("network_mode"), service.get("pid"), service.get("ipc"))
    assert not any("docker.sock" in str(mount) for mount in service["volumes"])


def test_nothing_is_published_beyond_the_machine():
    published = [str(port) for service in SERVICES.values() for port in service.get("ports", ())]
    assert [port for port in published if not port.startswith(("127.0.0.1:", "[::1]:"))] == []
    database = SERVICES["database"]
    assert database["profiles"] == ["postgres"]
    assert "ports" not in database
    assert database["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"]["internal"] is True


def test_the_monitor_writes_to_its_volume_alone():
    mounts = SERVICES["monitor"]["volumes"]
    assert "data:/data" in mounts
    assert [mount for mount in mounts if mount != "data:/data" and not mount.endswith(":ro")] == []


def test_secrets_are_files():
    assert all(set(secret) == {"file"} for secret in COMPOSE["secrets"].values())
    used = {secret for service in SERVICES.values() for secret in service["secrets"]}
    assert used == set(COMPOSE["secrets"])
    held = {
        key: value for service in SERVICES.values() for key, value in service.get("environment", {}).items()
    }
    assert [key for key in held if re.search("PASS|TOKEN|SECRET", key) and not key.endswith("_FILE")] == []


# --- the locked requirements -----------------------------------------------------------------------------


def locked(name: str) -> dict[str, list[Requirement]]:
    """Package -> what it is locked at, by environment. A line without a version or a hash is an error."""
    text = (DEPLOY / name).read_text("utf-8").replace("\\\n", " ")
    found: dict[str, list[Requirement]] = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        requirement, *hashes = line.split("--hash=")
        assert hashes, line
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", value.strip()) for value in hashes), line
        parsed = Requirement(requirement)
        assert [specifier.operator for specifier in parsed.specifier] == ["=="], line
        assert parsed.url is None
        found.setdefault(canonicalize_name(parsed.name), []).append(parsed)
    return found


def version(requirement: Requirement) -> Version:
    return Version(next(iter(requirement.specifier)).version)


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
DIRECT = [
    *(("requirements.txt", line) for line in PROJECT["project"]["dependencies"]),
    *(("requirements-build.txt", line) for line in PROJECT["build-system"]["requires"]),
]


@pytest.mark.parametrize(("file", "wanted"), DIRECT, ids=[line for _, line in DIRECT])
@pytest.mark.parametrize("python", ["3.11.2", "3.12.0", "3.13.0"])
def test_what_the_project_asks_for_is_locked_at_a_version_it_allows(file, wanted, python):
    environment = {"python_version": python[:4], "python_full_version": python, "sys_platform": "linux"}
    direct = Requirement(wanted)
    found = [
        requirement
        for requirement in locked(file)[canonicalize_name(direct.name)]
        if requirement.marker is None or requirement.marker.evaluate(environment)
    ]
    assert len(found) == 1, f"{direct.name} is locked {len(found)} times for Python {python}"
    assert direct.specifier.contains(version(found[0]))


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-build.txt"])
def test_the_lock_names_no_place_to_fetch_from(name):
    text = (DEPLOY / name).read_text("utf-8")
    code = [line for line in text.splitlines() if not line.startswith("#")]
    assert [line for line in code if re.search(r"://|@ |--(index|extra|find|trusted)|file:", line)] == []


# --- the note --------------------------------------------------------------------------------------------


def test_the_note_names_files_and_commands_that_exist():
    from typer.main import get_command

    from monitor.cli.main import app

    note = (DEPLOY / "README.md").read_text("utf-8")
    for name in re.findall(r"`deploy/([\w.-]+)`", note):
        assert (DEPLOY / name).exists(), name
    commands = get_command(app).commands
    used = set(re.findall(r"\bmonitor (?:-c \S+ )?(\w+)", "\n".join(re.findall(r"```.*?```", note, re.S))))
    ours = {name for name in used if name in commands}
    assert {"backup", "restore", "status", "check"} <= ours


def test_the_unit_gives_the_cache_of_rules_a_place_of_its_own():
    assert re.search(r"^CacheDirectory=monitor$", UNIT, re.M)
    assert re.search(r"^CacheDirectoryMode=0700$", UNIT, re.M), (
        "the cache is not believed where others may write"
    )
