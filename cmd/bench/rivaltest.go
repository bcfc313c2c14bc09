package main

import (
	"context"
	"os"
)

// rivalTestMain lets a test binary be a rival as well: startRival starts the program that it is in.
func rivalTestMain(m interface{ Run() int }) {
	if len(os.Args) > 1 && os.Args[1] == rivalCommandName {
		os.Exit(runMain(func(ctx context.Context) error { return rivalCommand(ctx, os.Args[2:]) }))
	}
	os.Exit(m.Run())
}
