package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"seckill/internal/app"
)

// release is what the linker is told if the build sees no repository: deploy/Dockerfile.
var release string

// buildInfo is what this program was built from.
func buildInfo() *debug.BuildInfo {
	info, _ := debug.ReadBuildInfo() // a program of modules has it
	if release != "" {
		info.Main.Version = release
	}
	return info
}

// version tells it.
func version() string { return versionOf(buildInfo()) }

// build is the same, for metrics.
func build() app.Build {
	info := buildInfo()
	return app.Build{Version: info.Main.Version, Revision: stamps(info)["vcs.revision"], Go: info.GoVersion}
}

// stamps are what the build could see of the repository.
func stamps(info *debug.BuildInfo) map[string]string {
	by := map[string]string{}
	for _, s := range info.Settings {
		by[s.Key] = s.Value
	}
	return by
}

// versionOf is the release, or how go names what lies between two, and the
// commit if the build could see it.
func versionOf(info *debug.BuildInfo) string {
	commit := ""
	if seen := stamps(info); seen["vcs.revision"] != "" {
		commit = fmt.Sprintf(" (commit %s, %s)", seen["vcs.revision"], seen["vcs.time"])
	}
	return fmt.Sprintf("seckill %s%s %s %s/%s", info.Main.Version, commit, info.GoVersion, runtime.GOOS, runtime.GOARCH)
}
