package main

import (
	"github.com/alecthomas/kong"
	kongcompletion "github.com/jotaen/kong-completion"
)

type completionCmd struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

func (c *completionCmd) Help() string {
	return `Put one of these lines into the file that your shell reads when it starts:

    source <(seckill completion bash)     # ~/.bashrc
    source <(seckill completion zsh)      # ~/.zshrc, after compinit
    seckill completion fish | source      # ~/.config/fish/config.fish`
}

func (c *completionCmd) Run(ctx *kong.Context) error {
	return (&kongcompletion.Completion{Shell: c.Shell, Code: true}).Run(ctx)
}
