# grub-xen-hvm -- tests/perf/dom0/readers.py: the readers and their commands
# Copyright (C) 2026  The grub-xen-hvm authors
# SPDX-License-Identifier: GPL-3.0-or-later
# This is free software: you may use, study, share and improve it; there is no warranty.
"""The readers: our GRUB, the distribution's ones, Linux, dom0 itself.

Each knows the configuration of its guest, the commands for the measures, and
how to get a figure out of a command's output.
"""

import re
import subprocess
import time

from guest import Trouble, run

MIB = 1 << 20
SHARE = "/share/perf"
RAW_DEVICE = "/dev/vdb"
QCOW2_DEVICE = "/dev/vdc"
CHUNKS = {"raw-1m": 1024, "raw-64k": 64, "raw-4k": 4}
# Small requests are slow, and the same for every byte.
RAW_MIB = {"raw-1m": 64, "raw-64k": 64, "raw-4k": 8}
PARTS = {"ext4-4k": 1, "ext4-1k": 2, "xfs": 3}


def disk(vdev, backend, device=None):
    """A line of xl.cfg's disk list."""
    kind = {"blkback": ("phy", "raw", RAW_DEVICE),
            "qemu-raw": ("qdisk", "raw", RAW_DEVICE),
            "qemu-qcow2": ("qdisk", "qcow2", QCOW2_DEVICE)}[backend]
    return ("vdev=%s,backendtype=%s,format=%s,access=w,target=%s"
            % (vdev, kind[0], kind[1], device or kind[2]))


def hvm(image, disks, **more):
    """Configuration of an HVM guest."""
    return dict({"type": "hvm", "memory": 512, "vcpus": 1, "kernel": image,
                 "disk": disks, "vga": "none", "nographic": 1,
                 "on_crash": "destroy", "on_reboot": "destroy"}, **more)


def pvh(image, disks, **more):
    """Configuration of a PVH guest."""
    return dict({"type": "pvh", "memory": 512, "vcpus": 1, "kernel": image,
                 "disk": disks, "on_crash": "destroy",
                 "on_reboot": "destroy"}, **more)


def virtio(config, device):
    """The same guest with its disk as QEMU's virtio-blk instead."""
    drive = "file=%s,format=raw,if=none,id=perf" % (device or RAW_DEVICE)
    return dict(config, disk=[], device_model_args_hvm=[
        "-drive", drive, "-device", "virtio-blk-pci,drive=perf"])


class Reader:
    """The base of all readers."""

    pv_console = False
    vdev = "xvde"
    ready_limit = 180

    def __init__(self, facts):
        self.start = int(facts["BIG_START"])
        self.mib = int(facts["BIG_MIB"])
        self.slow_files = int(facts["SLOW_FILES"])
        # MiB a second in the last pass of each measure so far.
        self.speeds = {}

    def prepare(self, _guest):
        """Prepare the running guest."""


class Grub(Reader):
    """Any GRUB: DISK is its name for the disk."""

    disk = "xen/xvde"
    image = None
    buffer = MIB

    def config(self, backend, kind="loop", device=None):
        """The guest that runs it."""
        return hvm("%s/images/%s-%s.img" % (SHARE, self.image, kind),
                   [disk(self.vdev, backend, device)])

    def command(self, what, n):
        """The command for measure WHAT, pass N."""
        if what == "blocklist":
            name = "(%s)%d+%d" % (self.disk, self.start, self.mib * 2048)
        elif what == "slow-ext4-4k":
            name = "(%s,gpt1)/slow.%d" % (self.disk, n % self.slow_files + 1)
        elif what in PARTS:
            name = "(%s,gpt%d)/big" % (self.disk, PARTS[what])
        else:
            raise Trouble("%s cannot measure %s" % (self.image, what))
        return "testspeed -s %d %s" % (self.buffer, name)

    def result(self, what, lines):
        """Bytes and seconds by its own clock, from its output."""
        size = seconds = 0
        for line in lines:
            m = re.search(r"read_raw: (\d+) bytes in (\d+) ms", line)
            if m:
                size, seconds = size + int(m[1]), seconds + int(m[2]) / 1000
            m = re.search(r"Elapsed time: (\d+)\.(\d+) s", line)
            if m:
                size += (1 if what.startswith("slow") else self.mib) * MIB
                seconds += float("%s.%s" % (m[1], m[2]))
        if not size or not seconds:
            raise Trouble("no result in: " + " | ".join(lines[-4:]))
        return size, seconds

    def sleep(self, seconds):
        """The command to sleep between two marks."""
        return "echo 'perf: mark 1'; sleep %d; echo 'perf: mark 2'" % seconds


class XenBlk(Grub):
    """GRUB with our driver."""

    image = "xen_blk"

    def command(self, what, n):
        if what in CHUNKS:
            return ("read_raw (%s) %d %d %d" % (self.disk, CHUNKS[what],
                                                RAW_MIB[what], self.start))
        if what == "cost-raw":
            return ("read_raw (%s) 1024 64 %d %d"
                    % (self.disk, self.start, self.times("raw-1m", 32)))
        if what == "cost-file":
            return ("for n in %s; do %s; done"
                    % (" ".join("x" * self.times("ext4-4k", 16)),
                       super().command("ext4-4k", n)))
        return super().command(what, n)

    def times(self, what, most):
        """How often to read, so that it takes some seconds, because the
        processor time has to differ from that of typing the command."""
        return max(1, min(most, int(3 * self.speeds.get(what, 0) / self.mib)))


class Other(XenBlk):
    """GRUB with the driver of another tree (bench --compare)."""

    image = "other"


class XenPvh(Grub):
    """The distribution's GRUB for PVH guests, with GRUB's own driver."""

    image = "xen_pvh"
    pv_console = True

    def config(self, backend, kind="loop", device=None):
        return pvh("%s/images/%s-%s.img" % (SHARE, self.image, kind),
                   [disk(self.vdev, backend, device)])


class Ide(Grub):
    """The distribution's GRUB for a BIOS, on an emulated IDE disk."""

    image = "ide"
    disk = "hd0"
    vdev = "hda"


class Ahci(Ide):
    """The same on an emulated AHCI disk."""

    def config(self, backend, kind="loop", device=None):
        return dict(super().config(backend, kind, device), hdtype="ahci")


class Virtio(Ide):
    """The same on a virtio-blk disk, which QEMU serves without Xen."""

    def config(self, backend, kind="loop", device=None):
        return virtio(super().config(backend, kind, device), device)


class Ovmf(Grub):
    """The distribution's GRUB for EFI, on OVMF's own driver for PV disks."""

    image = "ovmf"
    disk = "hd0"
    ready_limit = 480
    pv_console = True

    def config(self, backend, kind="loop", device=None):
        config = hvm("", [disk(self.vdev, backend, device)], bios="ovmf",
                     bios_path_override=SHARE + "/OVMF.fd")
        del config["kernel"]
        return config


class OvmfIde(Ovmf):
    """The same GRUB on OVMF's driver for IDE.  Without Xen's platform device
    OVMF has no PV disks."""

    vdev = "hda"

    def config(self, backend, kind="loop", device=None):
        return dict(super().config(backend, kind, device), xen_platform_pci=0)


class OvmfAhci(OvmfIde):
    """The same on OVMF's driver for AHCI."""

    def config(self, backend, kind="loop", device=None):
        return dict(super().config(backend, kind, device), hdtype="ahci")


class Kernel(Grub):
    """Linux by kernel= of an HVM guest, without GRUB."""

    image = "kernel"


class Firmware(Grub):
    """Our GRUB, in the firmware; only its start is measured."""

    blob = "start.bin"

    def config(self, backend, kind="start", device=None):
        config = hvm("", [disk("xvde", "blkback", device)],
                     bios_path_override=SHARE + "/images/" + self.blob)
        del config["kernel"]
        return config


class FirmwarePv(Firmware):
    """The same without drivers for emulated disks, and without a boot menu."""

    blob = "start-pv.bin"


class BiosDisk(Grub):
    """The same GRUB, on an emulated IDE disk with the stock firmware."""

    def config(self, backend, kind="start", device=None):
        # The share is slower than any disk of dom0.
        run("cp", SHARE + "/images/start.disk", "/run/start.disk")
        config = hvm("", ["vdev=hda,backendtype=qdisk,format=raw,access=w,"
                          "target=/run/start.disk"])
        del config["kernel"]
        return config


class KernelGrub(Grub):
    """The same GRUB, by kernel= with the stock firmware."""

    def config(self, backend, kind="start", device=None):
        return hvm(SHARE + "/images/start.lnx",
                   [disk("xvde", "blkback", device)])


class Linux(Reader):
    """Linux with blkfront, in a PVH guest."""

    pv_console = True

    def config(self, backend, _kind="loop", device=None):
        """The guest that runs it."""
        return pvh(SHARE + "/vmlinuz", [disk("xvde", backend, device)],
                   ramdisk=SHARE + "/initrd", cmdline="console=hvc0 quiet")

    def command(self, what, _n, device="/dev/xvde"):
        """The command for measure WHAT."""
        if what in CHUNKS:
            return ("/usr/bin/dd if=%s of=/dev/null bs=%dk count=%d skip=%d"
                    " iflag=direct,skip_bytes"
                    % (device, CHUNKS[what],
                       RAW_MIB[what] * 1024 // CHUNKS[what],
                       self.start * 512))
        if what not in PARTS:
            raise Trouble("Linux cannot measure " + what)
        return ("mount -o ro %s%d /mnt; echo 3 > /proc/sys/vm/drop_caches;"
                " /usr/bin/dd if=/mnt/big of=/dev/null bs=1M; umount /mnt"
                % (device, PARTS[what]))

    def result(self, _what, lines):
        """Bytes and seconds of dd's last line."""
        for line in lines:
            m = re.search(r"(\d+) bytes .*copied, ([0-9.e-]+) s", line)
            if m:
                return int(m[1]), float(m[2])
        raise Trouble("no result of dd in: " + " | ".join(lines[-4:]))

    def sleep(self, seconds):
        """The command to sleep between two marks."""
        return "echo perf: mark 1; sleep %d; echo perf: mark 2" % seconds


class Dom0(Linux):
    """dom0 itself, on the device that the backends read."""

    def measure(self, what):
        """Bytes and seconds of dd, and seconds by this program's clock."""
        begin = time.monotonic()
        done = subprocess.run(["sh", "-c", self.command(what, 0, RAW_DEVICE)],
                              stdout=subprocess.PIPE, check=False,
                              stderr=subprocess.STDOUT)
        took = time.monotonic() - begin
        lines = done.stdout.decode().splitlines()
        return self.result(what, lines) + (took,)


READERS = {"xen_blk": XenBlk, "other": Other, "xen_pvh": XenPvh, "ide": Ide, "linux": Linux,
           "dom0": Dom0, "ovmf": Ovmf, "kernel": Kernel, "ahci": Ahci,
           "virtio": Virtio, "ovmf-ide": OvmfIde, "ovmf-ahci": OvmfAhci,
           "firmware": Firmware, "firmware-pv": FirmwarePv,
           "bios-disk": BiosDisk, "kernel-grub": KernelGrub}


def pin_dom0():
    """Keep dom0 on processor 0; a guest's configuration names its
    processor."""
    run("xl", "vcpu-pin", "0", "0", "0")
