package main

import (
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
)

func TestVersion(t *testing.T) {
	code, stdout, stderr := say(t.Context(), "--version")
	if code != 0 || stderr != "" || !strings.HasPrefix(stdout, "seckill ") || !strings.Contains(stdout, runtime.Version()) || strings.Count(stdout, "\n") != 1 {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
	on := " go1.26.8 " + runtime.GOOS + "/" + runtime.GOARCH
	for want, info := range map[string]debug.BuildInfo{
		"seckill (devel)" + on: {Main: debug.Module{Version: "(devel)"}},
		"seckill v1.2.3 (commit 3aca78d9, 2026-11-24T21:29:22Z)" + on: {Main: debug.Module{Version: "v1.2.3"}, Settings: []debug.BuildSetting{
			{Key: "vcs", Value: "git"}, {Key: "vcs.revision", Value: "3aca78d9"}, {Key: "vcs.time", Value: "2026-11-24T21:29:22Z"},
		}},
	} {
		info.GoVersion = "go1.26.8"
		if got := versionOf(&info); got != want {
			t.Errorf("%s, not %s", got, want)
		}
	}
}
