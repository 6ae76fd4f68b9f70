"""How fast exchanges are archived, beside bare Scrapy and wget: `python -m bench.capture [PAGES]`.

An nginx on 127.0.0.1 serves generated pages of 20 to 150 KB, gzip on. Each peer fetches them all
in turn, in several rounds, so that whatever else the machine does falls on all of them alike.
Nothing is read out of the pages, and no peer waits between requests.

    scrapy  a plain spider with Scrapy's own settings; keeps nothing
    wire    the same spider and settings with our wire: what keeping every exchange costs
    ours    the fetching part of a copytrail crawl: our settings, middlewares, limits and events
    wget    `wget --warc-file`, which asks for one page at a time, and for plain ones

All but wget have 16 requests under way. Ours and Scrapy's ask for gzip, wget for plain pages: so
nginx works more for ours, which is not counted, and wget packs more, which is. wget parses no links
here. Python's start is not in the figures, but told beside them; a crawl starts once.

Reported are medians: pages per second, CPU per page, and the ratios of these to bare Scrapy's and
to wget's in the same round; on a machine that does other work only neighbours in time compare.
"""

import asyncio
import json
import os
import random
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PAGES = 3000
ROUNDS = 5
SMALLEST, LARGEST = 20_000, 150_000  # bytes of HTML; the bulk of outlets' article pages
PEERS = ("scrapy", "wire", "ours", "wget")
AT_ONCE = 16
NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log; {user}
events {{ worker_connections 256; }}
http {{
  types {{ text/html html; }}
  access_log off; sendfile on; keepalive_requests 1000000; gzip on; charset utf-8;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{ listen 127.0.0.1:{port}; root {folder}/site; }}
}}
"""


def make_site(folder: Path, count: int) -> None:
    """Pages that pack about as well as real ones do: to a quarter or a fifth."""
    chance = random.Random(3)
    letters = "etaoinshrdlucmfwypvbgkjqxz"
    weights = [26 - n for n in range(26)]
    words = [
        "".join(chance.choices(letters, weights, k=chance.randint(2, 11))) for _ in range(6000)
    ]
    often = [1 / (n + 1) for n in range(len(words))]  # Zipf's law
    (folder / "site").mkdir()
    for number in range(count):
        size = min(max(int(chance.lognormvariate(11, 0.5)), SMALLEST), LARGEST)
        parts = [f"<!doctype html><html><head><title>Page {number}</title></head><body>"]
        length = 0
        while length < size:
            text = " ".join(chance.choices(words, often, k=60))
            parts.append(f'<div class="block block-{chance.randint(1, 40)}"><p>{text}.</p></div>\n')
            length += len(parts[-1])
        (folder / "site" / f"{number}.html").write_text("".join(parts) + "</body></html>")


@contextmanager
def nginx(folder: Path) -> Iterator[str]:
    """An nginx over `folder/site`; its address."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    user = "user root;" if os.geteuid() == 0 else ""
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, port=port, user=user))
    server = subprocess.Popen([program, "-c", config, "-p", folder], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def crawl(peer: str, url: str, count: int, folder: Path) -> None:
    """One crawl in this process; tells what it took."""
    from scrapy.crawler import AsyncCrawlerProcess

    from spiders.wire import Wiring, wire_settings
    from storage.warc import WarcWriter

    urls = [f"{url}/{number}.html" for number in range(count)]
    done: list[int] = []
    kind, settings, arguments = (our_way if peer == "ours" else plain_way)(urls, done)
    # From here on: what was imported is there once, however long a crawl is.
    began, used = time.perf_counter(), time.process_time()
    with WarcWriter(folder, "BENCH", rotate_bytes=2**30, warcinfo={}) as writer:
        limit = 64 * 2**20
        with Wiring(
            writer,
            allow_private=True,
            max_body_bytes=limit,
            max_exchange_seconds=120,
            max_decoded_bytes=limit,
        ) as wiring:
            wired = wire_settings(wiring) if peer != "scrapy" else {}
            process = AsyncCrawlerProcess(settings | wired)
            process.crawl(kind, **arguments)
            process.start()
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    print(json.dumps({"pages": len(done), "seconds": seconds, "cpu": cpu}))


def plain_way(urls: list[str], done: list[int]) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """A spider as Scrapy's users write it."""
    import scrapy

    class Plain(scrapy.Spider):
        name = "plain"

        async def start(self) -> AsyncIterator[Any]:
            for one in urls:
                yield scrapy.Request(one, dont_filter=True)

        def parse(self, response: Any) -> None:
            if response.status == 200 and len(response.body) >= SMALLEST:
                done.append(1)

    settings = {
        "CONCURRENT_REQUESTS": AT_ONCE,
        "CONCURRENT_REQUESTS_PER_DOMAIN": AT_ONCE,
        "DOWNLOAD_DELAY": 0,
        "ROBOTSTXT_OBEY": False,
        "LOG_LEVEL": "ERROR",
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
    }
    return Plain, settings, {}


def our_way(urls: list[str], done: list[int]) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """The crawl child's own spider and settings, told to fetch these pages."""
    from config.registry import Politeness, Source
    from config.settings import Settings
    from spiders import settings as module
    from spiders.crawlers.base import JobSpider
    from spiders.job import Job
    from spiders.report import Reporter

    waiting = iter(urls)

    class Ours(JobSpider):
        name = "ours"

        async def work(self) -> None:
            await asyncio.gather(*(self.fetch() for _ in range(AT_ONCE)))

        async def fetch(self) -> None:
            for one in waiting:
                reply = await self.fetcher.get(one, why="asked")
                if reply.page is not None and reply.ok and len(reply.page.body) >= SMALLEST:
                    done.append(1)

    source = Source(id="b", name="B", homepage=urls[0], politeness=Politeness(0.0, AT_ONCE))
    job = Job(
        run="BENCH", folder=Path(), source=source, settings=Settings(allow_private_addresses=True)
    )
    ours = {name: getattr(module, name) for name in dir(module) if name.isupper()}
    events = Reporter(os.open(os.devnull, os.O_WRONLY))
    return Ours, ours | module.job_settings(job), {"job": job, "reporter": events}


def measure(peer: str, url: str, count: int, folder: Path) -> dict[str, float]:
    """One peer's crawl in a process of its own."""
    folder.mkdir()
    if peer != "wget":
        command = [sys.executable, "-m", "bench.capture", peer, url, str(count), str(folder)]
        began = time.perf_counter()
        told = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
        found: dict[str, float] = json.loads(told)
        found["start"] = time.perf_counter() - began - found["seconds"]
    else:
        urls = folder / "urls"
        urls.write_text("".join(f"{url}/{number}.html\n" for number in range(count)))
        command = ["wget", "-q", "-i", str(urls), "-O", "/dev/null", "--no-warc-keep-log"]
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run([*command, f"--warc-file={folder}/wget"], check=True)
        seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        found = {"pages": count, "seconds": seconds, "cpu": cpu, "start": 0.0}
    if found["pages"] != count:
        raise SystemExit(f"{peer} fetched {found['pages']} of {count} pages")
    found["bytes"] = sum(path.stat().st_size for path in folder.glob("*.warc.gz"))
    shutil.rmtree(folder)
    return found


def main(count: int) -> None:
    """All peers, round by round; then the table."""
    if not (shutil.which("nginx") or Path("/usr/sbin/nginx").exists()) or not shutil.which("wget"):
        print("needs nginx and wget; on Debian: apt-get install nginx-light wget")
        return
    results: dict[str, list[dict[str, float]]] = {peer: [] for peer in PEERS}
    with tempfile.TemporaryDirectory(prefix="bench-capture-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        make_site(folder, count)
        size = sum(path.stat().st_size for path in (folder / "site").iterdir())
        print(f"{count} pages of {size / count / 1000:.0f} KB on average, {ROUNDS} rounds")
        with nginx(folder) as url:
            for number in range(ROUNDS):
                for peer in PEERS:
                    found = measure(peer, url, count, folder / f"{peer}-{number}")
                    results[peer].append(found)
                    print(f"  {peer}: {count / found['seconds']:.0f} pages/s", flush=True)
    report(results, count)


def report(results: dict[str, list[dict[str, float]]], count: int) -> None:
    """The table."""
    rates = {peer: [count / one["seconds"] for one in results[peer]] for peer in PEERS}
    cpus = {peer: [1000 * one["cpu"] / count for one in results[peer]] for peer in PEERS}
    print(f"{'':8}{'pages/s':>9}{'/scrapy':>9}{'/wget':>7}", end="")
    print(f"{'CPU ms/page':>13}{'/scrapy':>9}{'/wget':>7}{'start s':>9}{'WARC MB':>9}")
    for peer in PEERS:
        row = f"{peer:8}"
        for figures, width, form in ((rates, 9, ".0f"), (cpus, 13, ".2f")):
            row += f"{statistics.median(figures[peer]):{width}{form}}"
            row += f"{_ratio(figures, peer, 'scrapy'):9.2f}{_ratio(figures, peer, 'wget'):7.2f}"
        start = statistics.median(one["start"] for one in results[peer])
        print(f"{row}{start:9.1f}{results[peer][0]['bytes'] / 1e6:9.0f}")


def _ratio(figures: dict[str, list[float]], peer: str, other: str) -> float:
    """The median of what each round gives."""
    pairs = zip(figures[peer], figures[other], strict=True)
    return statistics.median(mine / its for mine, its in pairs)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        crawl(sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) == 2 else PAGES)
