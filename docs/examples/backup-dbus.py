#!/usr/bin/python3
# SPDX-License-Identifier: MIT
#
# backup-dbus.py SNAPSHOT COPY STATE: an incremental backup of the first device of a snapshot that
# somebody holds, by a member of the group blksnap who is not root. Needs python3-dbus.

import json
import os
import sys

import dbus

NAME, PATH = "org.blksnap.Agent1", "/org/blksnap/Agent1"
ANOTHER_GENERATION = "org.blksnap.Agent1.Error.Generation"


def changes(agent, device, generation, number):
    """What to copy, as a list of offsets and lengths."""
    fd = agent.Changes(device["major_minor"], generation, dbus.Byte(number), "json").take()
    with open(fd, encoding="utf-8") as document:
        return [(e["offset"], e["length"]) for e in json.load(document)["extents"]]


def read_state(path):
    try:
        with open(path, encoding="utf-8") as file:
            state = json.load(file)
            return state["generation"], state["number"]
    except FileNotFoundError:
        return "", 0


def copy(image, target, extents):
    for offset, length in extents:
        while length:
            data = os.pread(image, min(length, 1 << 20), offset)
            if not data:
                raise OSError("the image is shorter than its device")
            written = os.pwrite(target, data, offset)
            offset, length = offset + written, length - written
    os.fsync(target)


def main():
    snapshot, copy_path, state_path = sys.argv[1:]
    agent = dbus.Interface(dbus.SystemBus().get_object(NAME, PATH), NAME)
    document, status = agent.ShowSnapshot(snapshot, "json")
    if status:
        sys.exit("an image of the snapshot is lost")
    device = json.loads(document)["devices"][0]
    try:
        extents = changes(agent, device, *read_state(state_path))
    except dbus.DBusException as error:
        if error.get_dbus_name() != ANOTHER_GENERATION:
            raise
        extents = changes(agent, device, "", 0)
    image = os.open(device["image"], os.O_RDONLY)
    copy(image, os.open(copy_path, os.O_WRONLY | os.O_CREAT, 0o600), extents)
    # Kept only now: a backup that failed is done again.
    with open(state_path, "w", encoding="utf-8") as file:
        json.dump({"generation": device["generation"], "number": device["number"]}, file)


main()
