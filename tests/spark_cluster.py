"""A real Spark cluster on loopback: a master, a worker, and a server that uses it.

The server is reached by Thrift, as dbt does, and by Spark Connect, as the connector does.
"""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from demo.postgres_server import free_port

_MASTER = "org.apache.spark.deploy.master.Master"
_WORKER = "org.apache.spark.deploy.worker.Worker"
_THRIFT = "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2"
_SETTINGS = {
    "spark.executor.memory": "512m",
    "spark.cores.max": "2",
    "spark.sql.shuffle.partitions": "2",
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.connect.grpc.binding.address": "127.0.0.1",
    "spark.plugins": "org.apache.spark.sql.connect.SparkConnectPlugin",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.sql.session.timeZone": "UTC",
    # What follows from the literals of a unit test is else tried in all combinations, for minutes.
    "spark.sql.constraintPropagation.enabled": "false",
    "spark.hadoop.hive.server2.thrift.bind.host": "127.0.0.1",
}


class Ports(NamedTuple):
    """Where a server listens: by Spark Connect, and by Thrift."""

    connect: int
    thrift: int


@contextmanager
def cluster(python: str) -> Iterator[Ports]:
    """Run a cluster of the pyspark that a Python has."""
    asked = "import pyspark; print(pyspark.__path__[0])"
    home = subprocess.run([python, "-c", asked], check=True, capture_output=True, text=True)
    with TemporaryDirectory(prefix="spark-") as folder, ExitStack() as stack:
        started = _Starter(Path(home.stdout.strip()), Path(folder), stack)
        master, connect, thrift = free_port(), free_port(), free_port()
        address = f"spark://127.0.0.1:{master}"
        started.start("spark-class", _MASTER, "--port", str(master), *_here())
        _wait_for(master)
        limits = ("--cores", "2", "--memory", "1g", "--work-dir", f"{folder}/work")
        started.start("spark-class", _WORKER, *limits, *_here(), address)
        settings = {
            **_SETTINGS,
            "spark.connect.grpc.binding.port": str(connect),
            "spark.hadoop.hive.server2.thrift.port": str(thrift),
            "spark.sql.warehouse.dir": f"{folder}/warehouse",
        }
        given = [part for pair in settings.items() for part in ("--conf", "=".join(pair))]
        server = ("--class", _THRIFT, "--master", address, *given, "spark-internal")
        started.start("spark-submit", *server, memory="3g")
        _wait_for(connect)
        _wait_for(thrift)
        yield Ports(connect, thrift)


def _here() -> tuple[str, ...]:
    return ("--host", "127.0.0.1", "--webui-port", "0")


class _Starter:
    """Starts programs of Spark, and ends them with a stack."""

    def __init__(self, home: Path, folder: Path, stack: ExitStack) -> None:
        self._home = home
        self._folder = folder
        self._stack = stack

    def start(self, program: str, *arguments: str, memory: str = "256m") -> None:
        environment = {
            **os.environ,
            "SPARK_HOME": str(self._home),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_LOCAL_DIRS": str(self._folder / "local"),
            "SPARK_DAEMON_MEMORY": memory,
        }
        process = subprocess.Popen(
            [str(self._home / "bin" / program), *arguments],
            env=environment,
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._stack.callback(_end, process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=60)
    except subprocess.TimeoutExpired:  # out of memory, it hears nothing
        process.kill()
        process.wait()


def _wait_for(port: int) -> None:
    latest = time.monotonic() + 180
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < latest, "Spark does not start"
            time.sleep(0.2)
        else:
            return
