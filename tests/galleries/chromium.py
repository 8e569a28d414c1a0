"""A real browser for tests: Chromium without a window, led through its DevTools protocol.

https://chromedevtools.github.io/devtools-protocol/. Spoken over two pipes, JSON and a NUL each way,
so that nothing but the browser itself is needed, and no port is opened.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome",
         "chrome-headless-shell", "headless_shell")  # fmt: skip
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage",
    "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-extensions", "--hide-scrollbars", "--remote-debugging-pipe",
)  # fmt: skip
# The protocol's pipes are file descriptors 3 and 4; whoever starts it may have these in use.
LAUNCH = "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); "
LAUNCH += "os.execv(sys.argv[3], sys.argv[3:])"
KEYS = {"Enter": 13, "Escape": 27, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39,
        "ArrowDown": 40}  # fmt: skip
FLAWS = ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded",
         "Page.javascriptDialogOpening")  # fmt: skip


def found() -> str | None:
    """The browser that $LAB_BROWSER names, else the first that lies on the path."""
    names = [os.environ["LAB_BROWSER"]] if os.environ.get("LAB_BROWSER") else NAMES
    return next((path for name in names if (path := shutil.which(name))), None)


class Chromium:
    """One page of a browser of its own; `events` is all that the browser told."""

    def __init__(self, program: str, folder: Path) -> None:
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()
        theirs = [fcntl.fcntl(one, fcntl.F_DUPFD, 10) for one in (theirs_in, theirs_out)]
        command = [sys.executable, "-c", LAUNCH, *map(str, theirs), program, *QUIET]
        self.complaints = (folder / "complaints.txt").open("wb")
        self.process = subprocess.Popen(
            [*command, f"--user-data-dir={folder / 'profile'}", "about:blank"],
            pass_fds=theirs, stdout=self.complaints, stderr=self.complaints,
        )  # fmt: skip
        for one in (*theirs, theirs_in, theirs_out):
            os.close(one)
        self.source, self.out = ours_in, ours_out
        self.buffer, self.last, self.session = b"", 0, ""
        self.events: list[dict[str, Any]] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        told = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self.session = told["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Ask the browser for something; what it answers. AssertionError where it refuses."""
        self.last += 1
        asked = {"id": self.last, "method": method, "params": parameters}
        if self.session:
            asked["sessionId"] = self.session
        os.write(self.out, json.dumps(asked).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self.last:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return dict(answer["result"])
            self.events.append(answer)

    def open(self, address: str) -> None:
        """Load a page and wait until it is loaded; what was told before is forgotten."""
        for one in ("about:blank", address):  # else another #part would be no new page
            self.events.clear()
            self.call("Page.navigate", url=one)
            while not any(event["method"] == "Page.loadEventFired" for event in self.events):
                self.events.append(self._next())

    def wait(self, truth: str, seconds: float = 60) -> None:
        """Wait until an expression is true; AssertionError where it never is."""
        end = time.monotonic() + seconds
        while not self.ask(truth):
            assert time.monotonic() < end, f"never: {truth}"
            time.sleep(0.02)

    def ask(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page."""
        told = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def press(self, *keys: str) -> None:
        """Press keys, one after the other: characters, or names as KEYS has them."""
        for key in keys:
            code = KEYS.get(key) or ord(key.upper())
            text = {"text": "\r" if key == "Enter" else key} if key in ("Enter", *"/?jk") else {}
            text = {"text": key} if len(key) == 1 else text
            self.call("Input.dispatchKeyEvent", type="keyDown", key=key,
                      windowsVirtualKeyCode=code, **text)  # fmt: skip
            self.call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    def screen(self, width: int, height: int, scheme: str = "light") -> None:
        """Be a screen of that size, for a reader who likes it light or dark."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=False)  # fmt: skip
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", features=features)

    def picture(self, path: Path) -> None:
        """Write what is on the screen as a PNG."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))

    def flaws(self) -> list[dict[str, Any]]:
        """Errors, console messages and dialogs since the page was opened."""
        return [one for one in self.events if one["method"] in FLAWS]

    def requests(self) -> list[str]:
        """The addresses that were asked for since the page was opened."""
        sent = [one for one in self.events if one["method"] == "Network.requestWillBeSent"]
        return [one["params"]["request"]["url"] for one in sent]

    def close(self) -> None:
        """End the browser."""
        os.close(self.out)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        os.close(self.source)
        self.complaints.close()

    def _next(self, seconds: float = 60) -> dict[str, Any]:
        while b"\0" not in self.buffer:
            ready, _, _ = select.select([self.source], [], [], seconds)
            more = os.read(self.source, 1 << 20) if ready else b""
            assert more, f"the browser is silent: see {self.complaints.name}"
            self.buffer += more
        message, _, self.buffer = self.buffer.partition(b"\0")
        return dict(json.loads(message))
