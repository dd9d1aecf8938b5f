"""Starts the whole program from a bare machine, and runs its tests: `python3 start.py help` lists how.

Standard library only. Database, keys, files and logs stand in var/, the packages in .venv/; nothing else on the
machine is touched. Environment: PORT (8000), DEMO (1) and the names that the README lists.
"""

# Type hints that old Pythons cannot evaluate are quoted: this file must be able to say which Python it needs.
import base64
import contextlib
import ctypes
import hashlib
import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

try:
    import fcntl
except ImportError:  # Windows: `check_machine` says so in a sentence
    fcntl = None  # type: ignore[assignment]

# A Python too old even for this line shows it as its error message, so the line itself says what to do.
NEEDED: "Python 3.11 or newer is needed. Try: python3 start.py or python3.11 start.py" = (3, 11)  # type: ignore  # noqa: F722

ROOT = Path(__file__).resolve().parent
VENV, VAR = ROOT / ".venv", ROOT / "var"
PYTHON = str(VENV / "bin" / "python")
HELP = """\
python3 start.py               installs what is needed, loads the demo, starts everything on 127.0.0.1
python3 start.py test [ARGS]   all tests, on SQLite then on PostgreSQL; ARGS go to pytest (-n 0: one at a time)
python3 start.py check         lint, types, import contracts, missing migrations, translations, deployment
python3 start.py demo-reset    throws the demo's database and files away and loads the demo anew
Environment: PORT=8000, DEMO=1 (or 0), DATABASE_URL...; REQUIRE_ALL=1 makes a skipped test a failure."""

# What would make Python, Django or pip leave the environment that this file makes.
LEAKS = ["PYTHONHOME", "PYTHONPATH", "DJANGO_SETTINGS_MODULE", "VIRTUAL_ENV", "PIP_USER", "PIP_TARGET"]
STAMP = VENV / "start.stamp"
UNFINISHED = "unfinished"
LOG_BYTES = 1000000
Child = subprocess.Popen


class Refusal(Exception):
    """What stops this command, as a sentence for the person at the terminal."""


def newer_python() -> "str | None":
    """The newest Python on PATH that is new enough and truly runs."""
    for minor in range(30, NEEDED[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found and subprocess.call([found, "-c", ""], stderr=subprocess.DEVNULL) == 0:
            return found
    return None


def check_machine() -> None:
    """Refuses a system or a Python that the program cannot run on, and names the line that helps."""
    if sys.version_info < NEEDED:
        found = newer_python()
        advice = f"Run: {found} start.py" if found else "Install one, then run: python3.11 start.py"
        raise Refusal("Python 3.11 or newer is needed, not {}.{}. {}".format(*sys.version_info[:2], advice))
    if fcntl is None:
        raise Refusal("This runs on Linux and macOS. On Windows, run the same command inside WSL.")


def clean_environment(**values: str) -> "dict[str, str]":
    """The caller's environment without what would lead astray, plus `values`."""
    kept = {name: value for name, value in os.environ.items() if name not in LEAKS}
    return {**kept, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", **values}


# Steps ----------------------------------------------------------------------------------------------------


def end_with_parent() -> None:
    """In the child, on Linux: it ends even when this command is killed so hard that it cannot stop it."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


@contextlib.contextmanager
def child(command: "list[str]", environment: "dict[str, str]", **options: Any) -> "Iterator[Child]":
    """A process that never outlives this block, and has half a minute to put its own things away."""
    process = subprocess.Popen(command, cwd=str(ROOT), env=environment, preexec_fn=end_with_parent, **options)
    try:
        yield process
    finally:
        if process.poll() is None:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must leave nothing behind
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=30)
            process.kill()


def step(title: str, command: "list[str]", **values: str) -> str:
    """Runs one long step under one line of the terminal; returns what it wrote, refuses when it fails."""
    print(f"{title}... ", end="", flush=True)
    began = time.monotonic()
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with child(command, clean_environment(**values), **options) as process:
        output = process.communicate()[0].decode(errors="replace")
    if process.returncode:
        print("failed", flush=True)
        raise Refusal("\n".join(output.splitlines()[-30:]) + f"\n\n{title}: failed, the lines above say why.")
    print(f"{time.monotonic() - began:.1f} s")
    return output


def manage(title: str, *arguments: str) -> str:
    """One of Django's commands as a step."""
    return step(title, [PYTHON, "manage.py", *arguments], DJANGO_SETTINGS_MODULE="config.settings.dev")


def fingerprint(*names: str) -> str:
    """Changes with the content of the named requirement files and with the Python that runs this."""
    content = b"".join((ROOT / name).read_bytes() for name in names)
    return "{}.{} ".format(*sys.version_info[:2]) + hashlib.sha256(content).hexdigest()


def ensure_environment(stamps: "list[str]") -> None:
    """Makes .venv when it is not there, was left half-made by a killed run, or belongs to another Python.

    A .venv without our stamp is somebody's own: it is completed, never deleted.
    """
    same_python = bool(stamps) and stamps[0].split()[0] == fingerprint().split()[0]
    if Path(PYTHON).exists() and (same_python or not stamps):
        return
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        line = "sudo apt install python{}.{}-venv".format(*sys.version_info[:2])
        raise Refusal(f"This Python lacks its venv module. Run this line, then start again:\n  {line}")
    if stamps:
        shutil.rmtree(str(VENV))
    VENV.mkdir(exist_ok=True)
    STAMP.write_text(UNFINISHED)
    maker = getattr(sys, "_base_executable", None) or sys.executable
    step("Making the environment .venv", [maker, "-m", "venv", str(VENV)])


def ensure_packages(*requirements: str) -> None:
    """Installs the named requirement files, when they or the Python changed since the last time."""
    wanted = fingerprint(*requirements)
    with open(str(VAR / "packages.lock"), "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamps = (STAMP.read_text().splitlines() or [UNFINISHED]) if STAMP.exists() else []
        if wanted in stamps and Path(PYTHON).exists():
            return
        ensure_environment(stamps)
        STAMP.write_text(UNFINISHED)
        files = [part for name in requirements for part in ("-r", str(ROOT / name))]
        step("Installing the packages", [PYTHON, "-m", "pip", "install", "-q", *files])
        STAMP.write_text(fingerprint("requirements.txt") + "\n" + wanted)


def ensure_keys(var: Path) -> None:
    """Makes var/keys.env once, readable by its owner only; refuses when the data needs keys that are gone."""
    path, needed = var / "keys.env", ("SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEY")
    if path.exists():
        path.chmod(0o600)
        lines = [line.partition("=") for line in path.read_text(errors="replace").splitlines()]
        held = {name.split()[-1] for name, _equals, value in lines if name.strip() and value.strip(" '\"")}
        lacking = ", ".join(name for name in needed if name not in held and not os.environ.get(name))
        if lacking:
            advice = "put the file back from your backup (or delete it, only if nothing was written yet)."
            raise Refusal(f"{path} lacks {lacking}: {advice}")
        return
    if all(os.environ.get(name) for name in needed):
        return
    if (var / "fund.sqlite3").exists() and not os.environ.get("DATABASE_URL"):
        raise Refusal(
            f"{path} is missing, and the data in {var / 'fund.sqlite3'} cannot be read without it. Put it\n"
            "back from your backup. Only if this data may be lost: delete the folder var and start again."
        )
    keys = {name: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode() for name in needed}
    keys["STRIPE_WEBHOOK_SECRET"] = "whsec_" + secrets.token_hex(32)
    draft = var / f"keys.env.{os.getpid()}"
    with open(os.open(str(draft), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in keys.items())
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(str(draft), str(path))  # unlike a rename, refuses to overwrite
    finally:
        draft.unlink()


def collect_static() -> None:
    """Gathers the static files, when one of them or a package changed."""
    files = sorted(path for path in ROOT.glob("*/static/**/*") if path.is_file())
    state = [(str(path.relative_to(ROOT)), path.stat().st_size, path.stat().st_mtime) for path in files]
    wanted = fingerprint("requirements.txt") + " " + hashlib.sha256(repr(state).encode()).hexdigest()
    stamp = VAR / "static.stamp"
    if not ((VAR / "static").is_dir() and stamp.exists() and stamp.read_text() == wanted):
        manage("Gathering the static files", "collectstatic", "--noinput", "--clear")
        stamp.write_text(wanted)


def prepare() -> None:
    """Brings keys, translations, database, demo and static files up to date; may be run again at any time."""
    ensure_keys(VAR)
    sources = [(path, path.with_suffix(".mo")) for path in ROOT.glob("locale/*/LC_MESSAGES/*.po")]
    if any(not made.exists() or made.stat().st_mtime < path.stat().st_mtime for path, made in sources):
        manage("Compiling the translations", "build_texts")
    manage("Bringing the database up to date", "migrate", "--noinput")
    manage("Making the cache table", "createcachetable")
    if os.environ["DEMO"] == "1":
        print(manage("Loading the demo", "load_demo").strip().rpartition("\n")[2])
    collect_static()


# What runs ------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def only_start() -> "Iterator[None]":
    """Holds var/start.lock, which the system frees even when this process is killed."""
    with open(str(VAR / "start.lock"), "a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            raise Refusal(f"It is already running ({file.read()}). Stop that one with Ctrl-C.") from None
        file.truncate(0)
        file.write(f"process {os.getpid()}, port {os.environ.get('PORT') or '8000'}")
        file.flush()
        yield


def chosen_port() -> int:
    """PORT, or 8000; refuses what cannot be a port (PORT + 1 serves the demo's pay page)."""
    text = os.environ.get("PORT") or "8000"
    if not (text.isascii() and text.isdigit()) or not 1024 <= int(text) <= 65534:
        raise Refusal(f"PORT must be from 1024 to 65534, not '{text}'. Try: PORT=8010 python3 start.py")
    return int(text)


def check_port_is_free(port: int) -> None:
    """Refuses a port that another program listens on."""
    with socket.socket() as probe, socket.socket() as caller:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port just left is not a port taken
        try:
            probe.bind(("127.0.0.1", port))
            taken = caller.connect_ex(("127.0.0.1", port)) == 0  # where two listeners may overlap
        except OSError:
            taken = True
    if taken:
        raise Refusal(
            f"Port {port} is used by another program (this line shows which one: lsof -i :{port}).\n"
            "Stop that program, or choose another port: PORT=8010 python3 start.py"
        )


def parts(port: int) -> "dict[str, list[str]]":
    """Name and command of each process; all of them listen on this machine only."""
    web = [PYTHON, "-m", "gunicorn", "--no-control-socket", "--threads", "4", "--bind"]
    commands = {
        "web": [*web, f"127.0.0.1:{port}", "--workers", "2", "config.wsgi:application"],
        "pay": [*web, f"127.0.0.1:{port + 1}", "--workers", "1", "config.demo.pay_wsgi:application"],
        "worker": [PYTHON, "manage.py", "work"],
    }
    if os.environ["DEMO"] != "1":
        del commands["pay"]
    return commands


def log_path(name: str) -> Path:
    return VAR / "log" / f"{name}.log"


@contextlib.contextmanager
def launched(name: str, command: "list[str]") -> "Iterator[Child]":
    """One part, its words in a log, in a session of its own: Ctrl-C reaches it in order, by us."""
    path = log_path(name)
    path.parent.mkdir(exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.replace(path.with_suffix(".log.1"))
    environment = clean_environment(DJANGO_SETTINGS_MODULE="config.settings.dev", PYTHONUNBUFFERED="1")
    options = {"stdin": subprocess.DEVNULL, "stderr": subprocess.STDOUT, "start_new_session": True}
    with open(str(path), "ab") as log, child(command, environment, stdout=log, **options) as process:
        yield process


def check_alive(children: "dict[str, Child]") -> None:
    """Refuses when a part has ended, with its last words."""
    for name, process in children.items():
        if process.poll() is not None:
            tail = "\n".join(log_path(name).read_text(errors="replace").splitlines()[-20:])
            raise Refusal(
                f"{tail}\n\nThe part '{name}' ended ({process.returncode}), its last words are above."
            )


def answers(url: str) -> bool:
    """Whether the address answers well; asked directly, whatever proxy the environment names."""
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def serve(port: int) -> None:
    """Starts the parts and stays until one ends or this command is told to stop; leaves none behind."""
    address, limit = f"http://127.0.0.1:{port}/", time.monotonic() + 90
    with contextlib.ExitStack() as stack:
        children = {name: stack.enter_context(launched(name, line)) for name, line in parts(port).items()}
        while not answers(address + "healthz"):
            check_alive(children)
            if time.monotonic() > limit:
                raise Refusal(f"{address}healthz does not answer: read {log_path('web')}.")
            time.sleep(0.2)
        people = f"The people of the demo: {address}demo\n" if "pay" in children else ""
        print(f"\nReady: {address}\n{people}Ctrl-C stops it. The logs stand in var/log.", flush=True)
        while True:
            check_alive(children)
            time.sleep(0.5)


# Commands -------------------------------------------------------------------------------------------------


def run() -> int:
    """Everything up to date, then everything running, until Ctrl-C."""
    port = chosen_port()
    with only_start():
        for used in (port, port + 1) if os.environ["DEMO"] == "1" else (port,):
            check_port_is_free(used)
        ensure_packages("requirements.txt")
        prepare()
        serve(port)
    return 0


def in_tests(module: str, *arguments: str) -> int:
    """Runs a module of tests/ with the packages of the tests; its exit status."""
    ensure_packages("requirements.txt", "requirements-dev.txt")
    with child([PYTHON, "-m", f"tests.{module}", *arguments], clean_environment()) as process:
        return process.wait()


def demo_reset() -> int:
    """Loads the demo anew, after making sure that what it throws away is a demo."""
    if os.environ.get("DATABASE_URL") or os.environ["DEMO"] != "1":
        raise Refusal("demo-reset is for var/fund.sqlite3 only: run it without DATABASE_URL and DEMO=0.")
    with only_start():
        ensure_packages("requirements.txt")
        ensure_keys(VAR)
        if (VAR / "fund.sqlite3").exists():
            manage("Making sure that it is a demo", "load_demo", "--is-demo")
            for path in VAR.glob("fund.sqlite3*"):
                path.unlink()
            shutil.rmtree(str(VAR / "private"), ignore_errors=True)
        prepare()
    return 0


def main(arguments: "list[str]") -> int:
    """The exit status: 0 well, 1 refused or failed, 2 not understood, 130 stopped during tests or checks."""
    name, rest = (arguments[0] if arguments else "run"), arguments[1:]
    try:
        check_machine()
        if name not in ("run", "test", "check", "demo-reset") or (rest and name != "test"):
            print(HELP)
            return 0 if name in ("help", "-h", "--help") else 2
        if os.environ.setdefault("DEMO", "1") not in ("0", "1"):
            raise Refusal("DEMO must be 1 (the demo, with fake money) or 0.")
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) != signal.SIG_IGN:  # nohup stays in force
                signal.signal(number, signal.default_int_handler)
        VAR.mkdir(mode=0o700, exist_ok=True)
        VAR.chmod(0o700)
        if name == "run":
            return run()
        if name == "demo-reset":
            return demo_reset()
        return in_tests("both_engines", *rest) if name == "test" else in_tests("checks")
    except KeyboardInterrupt:
        print("\nStopped.")
        return 0 if name == "run" else 130
    except Refusal as refusal:
        print(f"\n{refusal}", file=sys.stderr)
    except PermissionError as error:
        print(f"\n{error.filename} belongs to another account: change its owner first.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
