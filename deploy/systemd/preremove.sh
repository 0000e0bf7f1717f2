#!/bin/sh
# An upgrade restarts nothing: replace the processes of a cluster one after the other.
case $1 in remove | 0) systemctl --no-reload disable --now seckill.socket seckill.service >/dev/null 2>&1 || : ;; esac
