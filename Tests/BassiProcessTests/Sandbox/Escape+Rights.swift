extension Escape {
    /// The script for each process that is named `victim`, whose folder in /proc is `$p`.
    private static func victims(_ script: String) -> String {
        "for p in /proc/[0-9]*; do if [ \"$(cat $p/comm)\" = victim ]; then \(script); fi; done"
    }

    static let processes = [
        Escape("see other processes", victims("esc")),
        Escape("kill another process", victims("kill -9 ${p#/proc/} && esc"), without: .root),
        Escape("kill everything", "kill -9 -- -1", without: .root),
        Escape("stop everything", "kill -STOP -- -1; \(victims("grep '^State:.T' $p/status && esc"))", without: .root),
        Escape("open the memory of another process", victims("(exec 3<$p/mem) && esc"), without: .root),
        Escape("enter the folders of another process", victims("ls $p/cwd/ && esc"), without: .root),
        Escape("take a descriptor of another process", victims("cat $p/fd/0 && esc"), without: .root),
        Escape(
            "enter the namespaces of another process", victims("nsenter -t ${p#/proc/} -m -p true && esc"),
            without: .root),
        Escape("signal the parent", "[ $PPID != 1 ] && kill -0 $PPID && esc", without: .nobody),
        Escape("survive in a session of its own", "setsid sleep $MARK & sleep 0.05", without: .nobody),
        Escape("survive by a double fork", "( ( setsid sleep $MARK & ) & ) ; sleep 0.05", without: .nobody),
        Escape(
            "survive with signals ignored", "(trap '' TERM HUP INT; setsid nohup sleep $MARK >/dev/null 2>&1 &)",
            without: .nobody),
        Escape(
            "type into a terminal", "perl -e 'open(T,\"+</dev/tty\") and ioctl(T,0x5412,\"x\") and print \"ESCAPED\"'",
            without: .nobody),
    ]

    static let rights = [
        Escape("mount a file system", "mount -t tmpfs none $OUT && esc", without: .root),
        Escape("remount the root for writing", "mount -o remount,rw,bind / && esc", without: .root),
        Escape("unmount what protects the hooks", "umount .git/hooks && esc", without: .nobody),
        Escape("unmount what hides the keys", "umount $HOME/.ssh && esc", without: .nobody),
        Escape("unmount the empty /run", "umount -l /run && esc", without: .root),
        Escape("make a user namespace", "unshare --user --map-root-user true && esc"),
        Escape("make a mount namespace", "unshare --mount true && esc", without: .root),
        Escape("unmount in a namespace of its own", "unshare -Urm umount $HOME/.ssh && esc", without: .nobody),
        Escape("change the root", "chroot / true && esc", without: .root),
        Escape(
            "keep a capability", "grep -qE 'Cap(Eff|Prm|Bnd|Amb):.*[1-9a-f]' /proc/self/status && esc", without: .root),
        Escape("gain rights by a setuid program", "grep -q 'NoNewPrivs:.*0' /proc/self/status && esc"),
        Escape("become another user", "setpriv --reuid 65533 --clear-groups true && esc", without: .root),
        Escape("give a file away", "touch mine; chown 65533 mine && esc", without: .root),
        Escape("make a device", "mknod disk b 254 0 && esc", without: .root),
        Escape("raise a limit", "ulimit -Hf unlimited && esc", without: .root),
    ]

    static let system = [
        Escape(
            "find a disk or the memory of the machine",
            "ls /dev/[sv]d? /dev/nvme* /dev/mem /dev/kmsg /dev/loop* | grep -q . && esc", without: .nobody),
        Escape("open the magic request key", "(: >/proc/sysrq-trigger) && esc", without: .nobody),
        Escape("open the pattern of core files", "(: >/proc/sys/kernel/core_pattern) && esc", without: .nobody),
        Escape("change a setting of the kernel", "echo 1 >/proc/sys/kernel/ns_last_pid && esc", without: .root),
        Escape("make a control group", "mkdir /sys/fs/cgroup/pids/x /sys/fs/cgroup/x && esc", without: .nobody),
        Escape(
            "write below /sys", "find /sys/kernel /sys/module -maxdepth 2 -writable -type f | grep -q . && esc",
            without: .nobody),
        Escape("rename the machine", "hostname escaped && esc", without: .nobody),
        Escape("set the clock", "date -s @$(date +%s) && esc", without: .nobody),
        Escape("write a file that is larger than the limit", "truncate -s 100M large && esc", without: .nobody),
        Escape("leave a core file", "sleep 9 & kill -SEGV $!; wait; ls core* && esc", without: .nobody),
        Escape(
            "open the key ring of the session",
            "[ $(uname -m) = x86_64 ] && perl -e 'print \"ESCAPED\" if syscall(250, 0, -3, 1) >= 0'", without: .nobody),
        Escape(
            "open a ring of system calls",
            "perl -e '$p = \"\\0\" x 120; print \"ESCAPED\" if syscall(425, 1, $p) >= 0'",
            without: .nobody),
    ]
}
