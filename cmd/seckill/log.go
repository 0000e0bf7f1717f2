package main

import (
	"io"
	"log/slog"
)

// logFlags say what is logged, to stderr.
type logFlags struct {
	LogLevel  slog.Level `default:"info" env:"SECKILL_LOG_LEVEL" placeholder:"LEVEL" help:"What is logged at least: debug, info, warn or error (${default}). debug has a line for each buy."`
	LogFormat string     `default:"text" enum:"text,json" env:"SECKILL_LOG_FORMAT" placeholder:"text|json" help:"How it is logged: text or json (${default})."`
}

func (f *logFlags) logger(to io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: f.LogLevel}
	if f.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(to, options))
	}
	return slog.New(slog.NewTextHandler(to, options))
}
