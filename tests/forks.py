"""The crawl's and the reader's processes, forked from one that has imported what they import.

Most of a small crawl's time are the imports of Scrapy and of the parsers, and the tests start more
than a thousand such processes. `forking_python()` stands in for `sys.executable`: a script that
hands its arguments, environment and descriptors to a server, which forks. The script lives as long
as the fork does, hands SIGTERM on, and ends as the fork ended; where it is killed, the fork is.
What runs is the same code in a process of its own. What befalls such processes is tested with real
ones.
"""

import atexit
import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
from contextlib import closing, suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

SCRIPT = """#!{python} -IS
import json, os, signal, socket, sys
held = [int(name) for name in os.listdir("/proc/self/fd")]
server = socket.socket(socket.AF_UNIX)
server.connect("{socket}")
held = [fd for fd in held if os.path.exists(f"/proc/self/fd/{{fd}}") and fd != server.fileno()]
about = json.dumps([sys.argv[1:], dict(os.environ), os.getcwd(), held]).encode()
socket.send_fds(server, [len(about).to_bytes(4, "big")], held)
server.sendall(about)
signal.signal(signal.SIGTERM, lambda *_: server.send(b"T"))
for fd in held:
    os.close(fd)
status = int(server.recv(16) or b"-9")
if status < 0:
    signal.signal(-status, signal.SIG_DFL) if status != -9 else None
    os.kill(os.getpid(), -status)
os._exit(status)
"""
LOADED = (
    "spiders.child",
    "spiders.settings",
    "spiders.crawlers.archives",
    "spiders.crawlers.commoncrawl",
    "spiders.discover",
    "spiders.unpacking",
    "spiders.parsers.article",
    "storage.warc",
)
MAX_FDS = 64  # a child of ours is given four
SERVER = "import sys; from tests.forks import serve; serve(*sys.argv[1:])"


@cache
def forking_python() -> str:
    """The path of the script. Its server ends with this process."""
    folder = TemporaryDirectory(prefix="copytrail-forks-")
    atexit.register(folder.cleanup)
    script, address = Path(folder.name) / "python", Path(folder.name) / "socket"
    script.write_text(SCRIPT.format(python=sys.executable, socket=address))
    script.chmod(0o700)
    server = subprocess.Popen(
        [sys.executable, "-P", "-c", SERVER, str(address)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
    )  # fmt: skip
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"
    return str(script)


def serve(address: str) -> None:
    """Fork for whoever asks, until stdin ends."""
    sys.executable = str(Path(address).with_name("python"))  # a crawl starts a reader
    gc.disable()
    for module in LOADED:
        import_module(module)
    assert "twisted.internet.reactor" not in sys.modules  # each fork needs its own
    gc.freeze()
    gc.enable()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks after the nannies
    with closing(socket.socket(socket.AF_UNIX)) as listening:
        listening.bind(address)
        listening.listen(64)
        os.write(1, b"ready\n")
        while listening in select.select([0, listening], [], [])[0]:
            asking = listening.accept()[0]
            if os.fork() == 0:
                listening.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                _nanny(asking)
            asking.close()


def _nanny(asking: socket.socket) -> None:
    """Become what is asked for, in a fork; this process tells how it ended."""
    size, held, _, _ = socket.recv_fds(asking, 4, MAX_FDS)
    about = b""
    while len(about) < int.from_bytes(size, "big"):
        if not (part := asking.recv(65536)):
            os._exit(1)
        about += part
    words, environment, folder, numbers = json.loads(about)
    pid = os.fork()
    if pid == 0:
        os.setsid()
        asking.close()
        _take(held, numbers)
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(folder)
        _be(words)
    for descriptor in {0, 1, 2, *held}:
        os.close(descriptor)
    ended = os.pidfd_open(pid)
    while True:
        ready = select.select([asking, ended], [], [])[0]
        if ended in ready:
            break
        told = asking.recv(1)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM if told else signal.SIGKILL)
        if not told:
            break
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with suppress(OSError):
        asking.send(str(status).encode())
    os._exit(0)


def _take(held: list[int], numbers: list[int]) -> None:
    """Have the descriptors under the numbers that they had, and no others."""
    import fcntl

    high = [fcntl.fcntl(fd, fcntl.F_DUPFD, 1000) for fd in held]
    os.closerange(0, 1000)
    for descriptor, number in zip(high, numbers, strict=True):
        os.dup2(descriptor, number)
        os.close(descriptor)
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
        for number, mode in enumerate("rww")
    )


def _be(words: list[str]) -> None:
    """`python -P -m spiders.child`, or `python -P -c CODE …`."""
    from spiders import child

    kind, what, *rest = words[1:]
    sys.argv = [kind, *rest]
    if kind == "-m":
        assert what == "spiders.child"
        sys.exit(child.main())
    exec(what, {"__name__": "__main__"})
    sys.exit()
