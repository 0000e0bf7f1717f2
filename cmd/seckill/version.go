package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// release is what the linker is told where the build sees no repository: deploy/Dockerfile.
var release string

// version tells what this program was built from.
func version() string {
	info, _ := debug.ReadBuildInfo() // a program of modules has it
	if release != "" {
		info.Main.Version = release
	}
	return versionOf(info)
}

// versionOf is the release, or how go names what lies between two, and the
// commit where the build could see it.
func versionOf(info *debug.BuildInfo) string {
	stamps := map[string]string{}
	for _, s := range info.Settings {
		stamps[s.Key] = s.Value
	}
	commit := ""
	if hash := stamps["vcs.revision"]; hash != "" {
		commit = fmt.Sprintf(" (commit %s, %s)", hash, stamps["vcs.time"])
	}
	return fmt.Sprintf("seckill %s%s %s %s/%s", info.Main.Version, commit, info.GoVersion, runtime.GOOS, runtime.GOARCH)
}
