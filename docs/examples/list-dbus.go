// SPDX-License-Identifier: MIT

// list-dbus prints the snapshots and what they are of, for a member of the group blksnap who is not
// root. Needs github.com/godbus/dbus/v5.
package main

import (
	"encoding/json"
	"fmt"
	"log"

	"github.com/godbus/dbus/v5"
)

const name = "org.blksnap.Agent1"

type list struct {
	Snapshots []struct {
		ID      string `json:"id"`
		State   string `json:"state"`
		Devices []struct {
			Device string  `json:"device"`
			Image  *string `json:"image"`
		} `json:"devices"`
	} `json:"snapshots"`
}

func main() {
	bus, err := dbus.ConnectSystemBus()
	if err != nil {
		log.Fatal(err)
	}
	defer bus.Close()
	var document string
	agent := bus.Object(name, "/org/blksnap/Agent1")
	if err := agent.Call(name+".ListSnapshots", 0, "json").Store(&document); err != nil {
		log.Fatal(err)
	}
	var found list
	if err := json.Unmarshal([]byte(document), &found); err != nil {
		log.Fatal(err)
	}
	for _, snapshot := range found.Snapshots {
		for _, device := range snapshot.Devices {
			if device.Image != nil {
				fmt.Println(snapshot.ID, snapshot.State, device.Device, *device.Image)
			}
		}
	}
}
