import Testing

/// One attempt to do what a sandbox is there against. Its script says ESCAPED when it succeeds.
struct Escape: Sendable, CustomTestStringConvertible {
    /// Who succeeds without a sandbox; the attempt is made that way too, so that it is known to be one.
    enum Control: Sendable {
        case everybody, root, nobody
    }

    let name: String
    let script: String
    let control: Control

    init(_ name: String, _ script: String, without control: Control = .everybody) {
        self.name = name
        self.script = script
        self.control = control
    }

    var testDescription: String { name }

    static let all = writing + changing + reading + reaching + processes + rights + system
}

// The scripts run in the session's folder. OUT is a folder beside it with a file `canary`; HOME has keys; BASSI_PLACE
// and CONFIG_PLACE are those of the log and the settings. In the cage runs a process named `victim`, and a server
// listens on TCP, UDP, an abstract socket and sockets in /run.
extension Escape {
    static let writing = [
        Escape("write a new file outside", "echo x >$OUT/new && esc"),
        Escape("append to a file outside", "echo x >>$OUT/canary && esc"),
        Escape("write through a symbolic link", "ln -s $OUT way; echo x >way/linked && esc"),
        Escape("write through a link to a file", "ln -s $OUT/canary way; echo x >>way && esc"),
        Escape("write through a hard link", "ln $OUT/canary hard && echo x >>hard && esc"),
        Escape("write through ..", "echo x >../outside/up && esc"),
        Escape("write through /proc/self/root", "echo x >/proc/self/root$OUT/root && esc"),
        Escape("write through /proc/1/root", "echo x >/proc/1/root$OUT/root1 && esc", without: .root),
        Escape("write through /proc/self/cwd/..", "echo x >/proc/self/cwd/../outside/cwd && esc"),
        Escape("rename a file outside", "mv $OUT/canary $OUT/other && esc"),
        Escape("move a file of the outside into the folder", "mv $OUT/movable . && [ ! -e $OUT/movable ] && esc"),
        Escape("delete a file outside", "rm -f $OUT/deletable && esc"),
        Escape("change the mode of a file outside", "chmod 777 $OUT/canary && esc"),
        Escape("change the time of a file outside", "touch -d 2001-01-01 $OUT/canary && esc"),
        Escape("truncate a file outside", "truncate -s 0 $OUT/canary && esc"),
        Escape("write into the home folder", "echo x >>$HOME/.bashrc && esc"),
        Escape("write into the source of the folder's mount", "echo x >$(dirname $PWD)/beside && esc"),
    ]

    static let changing = [
        Escape("move .git away", "mv .git away && esc"),
        Escape(
            "delete the hooks and settings of git", "rm -rf .git; [ ! -e .git/hooks ] || [ ! -e .git/config ] && esc"),
        Escape("write a git hook", "echo x >.git/hooks/pre-commit && esc"),
        Escape("replace the folder of git hooks", "rm -rf .git/hooks; mkdir .git/hooks && esc"),
        Escape("append to .git/config", "echo '[core]' >>.git/config && esc"),
        Escape("replace .git/config", "cp .git/config copy; mv -f copy .git/config && esc"),
        Escape("let git set a program", "git config core.fsmonitor /bin/true && esc"),
        Escape("make a git folder of a submodule", "mkdir -p .git/modules/x && esc"),
        Escape("make .bassi", "mkdir .bassi && echo x >.bassi/settings.yaml && esc"),
        Escape("write settings of the folder", "mkdir -p .claude && echo x >.claude/settings.json && esc"),
        Escape("write .mcp.json", "echo x >.mcp.json && esc"),
        Escape("write .envrc", "echo x >.envrc && esc"),
        Escape("delete a placeholder and write .envrc", "rm -f .envrc; echo x >.envrc && esc"),
        Escape("move a file over a placeholder", "echo x >e; mv -f e .envrc && esc"),
        Escape("link a file to a placeholder", "echo x >e; ln -sf e .mcp.json && esc"),
        Escape("write the person's settings", "echo x >>$CONFIG_PLACE/settings.yaml && esc"),
        Escape("write the event log", "echo x >>$BASSI_PLACE/bassi.sqlite && esc"),
    ]

    static let reading = [
        Escape("read secrets from the environment", "env | grep -q canary-secret && esc"),
        Escape("find the socket of the key agent", "[ -n \"$SSH_AUTH_SOCK$DBUS_SESSION_BUS_ADDRESS\" ] && esc"),
        Escape(
            "read the environment of other processes",
            "cat /proc/*/environ | tr '\\0' '\\n' | grep -q canary-victim && esc",
            without: .root),
        Escape("read a key of ssh", "grep canary $HOME/.ssh/id_ed25519 && esc"),
        Escape("list the keys of ssh", "ls $HOME/.ssh/* && esc"),
        Escape("read a key through a link", "ln -s $HOME/.ssh keys; grep canary keys/id_ed25519 && esc"),
        Escape("read a key through a hard link", "ln $HOME/.ssh/id_ed25519 key && grep canary key && esc"),
        Escape(
            "read a key through /proc/1/root", "grep canary /proc/1/root$HOME/.ssh/id_ed25519 && esc", without: .root),
        Escape("read keys of a cloud", "grep canary $HOME/.aws/credentials && esc"),
        Escape("read .netrc", "grep canary $HOME/.netrc && esc"),
        Escape("read the history of the shell", "grep canary $HOME/.bash_history && esc"),
        Escape("read keys behind a linked folder", "grep canary $HOME/.gnupg/key && esc"),
        Escape("read the event log", "grep canary $BASSI_PLACE/bassi.sqlite && esc"),
        Escape("read the person's settings", "grep canary $CONFIG_PLACE/settings.yaml && esc"),
        Escape("read the list of passwords", "head -c 1 /etc/shadow | grep -q . && esc", without: .root),
    ]

    static let reaching = [
        Escape("connect by TCP", "perl $CLIENT tcp && esc"),
        Escape("send by UDP", "perl $CLIENT udp && esc"),
        Escape("look a name up", "getent hosts example.org && esc", without: .nobody),
        Escape(
            "see an interface of the network", "ls /sys/class/net; grep -vE 'lo:|\\|' /proc/net/dev && esc",
            without: .nobody),
        Escape(
            "open a raw socket", "perl -MSocket -e 'socket(S, PF_INET, SOCK_RAW, 1) and print \"ESCAPED\"'",
            without: .root),
        Escape("connect to an abstract socket", "perl $CLIENT abstract && esc"),
        Escape("connect to the socket of docker", "perl $CLIENT /run/docker.sock && esc"),
        Escape("connect to the system bus", "perl $CLIENT /run/dbus/system_bus_socket && esc"),
        Escape("connect to a socket in /tmp", "perl $CLIENT /tmp/canary.sock && esc"),
        Escape(
            "reach the host of a virtual machine", "perl -MSocket -e 'socket(S, 40, 1, 0) and print \"ESCAPED\"'",
            without: .nobody),
        Escape("use a radio", "perl -MSocket -e 'socket(S, 31, 3, 0) and print \"ESCAPED\"'", without: .nobody),
    ]
}
