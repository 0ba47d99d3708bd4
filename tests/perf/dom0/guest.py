# grub-xen-hvm -- tests/perf/dom0/guest.py: a measured guest, and its console
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
"""A guest: it is created paused, gets commands on its console, and every line
of its output is stamped.

dom0 does not poll while a guest is measured, because dom0 is its backend, and
shares its processors.
"""

import glob
import os
import re
import select
import subprocess
import sys
import time

for _dir in glob.glob("/usr/lib/xen-*/lib/python"):
    sys.path.append(_dir)
from xen.lowlevel import xc as _xc  # noqa: E402

READY = "perf: ready"
ESCAPES = re.compile(rb"\x1b(\[[0-9;?]*[A-Za-z]|[()][A-Z0-9])")


class Trouble(Exception):
    """A measure that failed, and why."""


def run(*words):
    """Run a program; return its output."""
    done = subprocess.run(words, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    text = done.stdout.decode(errors="replace")
    if done.returncode:
        raise Trouble("%s: exit %d: %s" % (words[0], done.returncode,
                                           text.strip()[-300:]))
    return text


def store(path):
    """A value in xenstore."""
    return run("xenstore-read", path).strip()


class Guest:
    """One guest, from its configuration to its end."""

    def __init__(self, out, name, config, pv_console):
        self.xc = _xc.xc()
        self.name = name
        self.out = out
        self.config = dict(config, name=name)
        self.pv_console = pv_console
        self.dir = "/run/guests/" + name
        self.domid = None
        self.rest = b""
        self.queue = []
        self.log = None
        self.fd_in = self.fd_out = None

    def create(self):
        """Build the guest, paused, with its console open."""
        os.makedirs(self.dir, exist_ok=True)
        tty = self.dir + "/tty"
        if not self.pv_console:
            self.config["serial"] = "pipe:" + tty
            for end in (".in", ".out"):
                if os.path.exists(tty + end):
                    os.remove(tty + end)
                os.mkfifo(tty + end)
        path = self.dir + "/xl.cfg"
        with open(path, "w", encoding="utf-8") as f:
            for key, value in self.config.items():
                f.write("%s = %r\n" % (key, value))
        run("cp", path, "%s/%s.cfg" % (self.out, self.name))
        self.log = open("%s/%s.console" % (self.out, self.name), "ab")
        flags = os.O_NONBLOCK | os.O_NOCTTY
        if not self.pv_console:
            self.fd_out = os.open(tty + ".out", os.O_RDONLY | flags)
        run("xl", "create", "-p", path)
        self.domid = int(run("xl", "domid", self.name))
        if self.pv_console:
            tty = self.wait_tty()
            self.fd_in = self.fd_out = os.open(tty, os.O_RDWR | flags)
        else:
            self.fd_in = os.open(tty + ".in", os.O_WRONLY | flags)

    def wait_tty(self):
        """The terminal of the guest's PV console, once xenconsoled has made it."""
        for _ in range(100):
            try:
                tty = store("/local/domain/%d/console/tty" % self.domid)
                if tty:
                    return tty
            except Trouble:
                pass
            time.sleep(0.1)
        raise Trouble("xenconsoled gives %s no terminal" % self.name)

    def start(self):
        """Unpause the guest; return the time."""
        # From here on Xen's console has only this guest's lines.
        self.xc.readconsolering(clear=1)
        begin = time.monotonic()
        self.xc.domain_unpause(self.domid)
        return begin

    def destroy(self):
        """End the guest, whatever it does."""
        for fd in {self.fd_in, self.fd_out} - {None}:
            os.close(fd)
        self.fd_in = self.fd_out = None
        if self.log:
            self.log.close()
        if self.domid is not None:
            subprocess.run(["xl", "destroy", self.name], check=False,
                           stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)

    def cpu(self):
        """Processor seconds of the guest and of dom0."""
        got = {d["domid"]: d["cpu_time"] / 1e9
               for d in self.xc.domain_getinfo(0, 100)}
        if self.domid not in got:
            raise Trouble("the guest %s is gone" % self.name)
        return got[self.domid], got[0]

    def lines(self, seconds):
        """Lines that arrive within that time: (stamp, text) each."""
        ready, _, _ = select.select([self.fd_out], [], [], max(seconds, 0))
        if not ready:
            return []
        try:
            data = os.read(self.fd_out, 65536)
        except (BlockingIOError, OSError):
            data = b""
        stamp = time.monotonic()
        if not data:
            time.sleep(0.05)
            return []
        self.log.write(data)
        self.log.flush()
        parts = (self.rest + data).split(b"\n")
        self.rest = parts.pop()
        return [(stamp, clean(p)) for p in parts]

    def wait(self, pattern, limit):
        """Wait for a line that matches; return its stamp, and all lines up to
        it."""
        seen = []
        end = time.monotonic() + limit
        while time.monotonic() < end:
            if not self.queue:
                self.queue = self.lines(end - time.monotonic())
            while self.queue:
                stamp, text = self.queue.pop(0)
                seen.append(text)
                if re.search(pattern, text):
                    return stamp, seen
        raise Trouble("the guest %s has not said '%s' within %d s; last: %s"
                      % (self.name, pattern, limit, " | ".join(seen[-3:])))

    def send(self, text):
        """Type a line."""
        data = (text + "\n").encode()
        end = time.monotonic() + 30
        while data:
            if time.monotonic() > end:
                raise Trouble("the guest %s takes no input" % self.name)
            _, ready, _ = select.select([], [self.fd_in], [], 1)
            if ready:
                # A UART's buffer is small, and GRUB has no interrupts.
                data = data[os.write(self.fd_in, data[:8]):]

    def command(self, text, limit):
        """Run a command in the guest: the lines it printed, the time from the
        last key to the end, and the processor time of guest and dom0."""
        guest, dom0 = self.cpu()
        self.send(text)
        begin = time.monotonic()
        end, seen = self.wait("^" + READY, limit)
        guest2, dom02 = self.cpu()
        return seen, end - begin, guest2 - guest, dom02 - dom0

    def xen_says(self, pattern):
        """Whether Xen's console has such a line since the last call."""
        text = self.xc.readconsolering(clear=1)
        if isinstance(text, bytes):
            text = text.decode(errors="replace")
        return re.search(pattern, text)


def clean(line):
    """A line without escapes and carriage returns."""
    return ESCAPES.sub(b"", line).replace(b"\r", b"").decode(errors="replace")
