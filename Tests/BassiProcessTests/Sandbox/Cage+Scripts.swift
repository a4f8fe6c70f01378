extension Cage {
    /// $1 the folder of the test, $2 the user, then the command. A process named `victim` and a server run beside it.
    static let script = """
        root=$1 user=$2
        shift 2
        mount --rbind / "$root/root" || exit 99
        while read -r number parent device from place rest; do
            case $place in "$root/root" | "$root/root/"*) mount -o remount,bind,ro "$place" ;; esac
        done </proc/self/mountinfo 2>/dev/null
        mount --bind "$root" "$root/root$root" || exit 99
        mount -t tmpfs none "$root/root/run" && mount -t tmpfs none "$root/root/tmp" || exit 99
        chmod 1777 "$root/root/tmp" "$root/root/run"
        mount -t proc proc "$root/root/proc" || exit 99
        cd "$root/root" && pivot_root . . && umount -l . && cd "$root/folder" || exit 99
        cp /usr/bin/perl /run/victim
        CANARY=canary-victim /run/victim -e '
            sub say_so { open(my $file, ">", $_[0]) } $SIG{USR1} = sub { say_so("/run/alive") };
            say_so("/run/ready"); sleep 100 while 1' &
        victim=$!
        mkdir /run/dbus
        perl "$root/server.pl" "$root/ports" &
        server=$!
        until [ -e "$root/ports" ] && [ -e /run/ready ]; do sleep 0.01; done
        if [ "$user" = 0 ]; then "$@"; else
            setpriv --reuid "$user" --regid "$user" --clear-groups --bounding-set=-all --inh-caps=-all -- "$@"
        fi
        status=$?
        # A signal on its way is seen too: the victim answers, or it has stopped, or it is dead or soon will be.
        kill -USR1 $victim 2>/dev/null
        until [ -e /run/alive ]; do
            case $(grep '^State:' /proc/$victim/status 2>/dev/null) in
            *T*stopped*) echo ESCAPED: the victim was stopped; break ;;
            '' | *zombie* | *dead*) echo ESCAPED: the victim died; break ;;
            esac
            sleep 0.005
        done
        grep -q canary "$root/outside/canary" || echo ESCAPED: the canary died
        rm -f "$root/ports"
        exit $status
        """

    static let server = """
        use strict; use Socket; use IO::Select;
        my $select = IO::Select->new; my @udp;
        socket(my $tcp, PF_INET, SOCK_STREAM, 0); bind($tcp, sockaddr_in(0, INADDR_LOOPBACK)); listen($tcp, 9);
        socket(my $udp, PF_INET, SOCK_DGRAM, 0); bind($udp, sockaddr_in(0, INADDR_LOOPBACK));
        my @unix;
        for my $name ("/run/docker.sock", "/run/dbus/system_bus_socket", "/tmp/canary.sock", "\\0canary-abstract") {
            socket(my $one, PF_UNIX, SOCK_STREAM, 0); bind($one, pack_sockaddr_un($name)); listen($one, 9);
            chmod 0777, $name if $name =~ m{^/};
            push @unix, $one;
        }
        open(my $file, ">", "$ARGV[0].new");
        print $file join(" ", (sockaddr_in(getsockname($tcp)))[0], (sockaddr_in(getsockname($udp)))[0]), "\\n";
        close $file; rename "$ARGV[0].new", $ARGV[0];
        $select->add($tcp, $udp, @unix);
        while (my @ready = $select->can_read) {
            for my $one (@ready) {
                if ($one == $udp) { my $from = recv($udp, my $text, 99, 0); send($udp, "pong", 0, $from); next }
                if (accept(my $peer, $one)) { syswrite($peer, "pong"); close $peer }
            }
        }
        """

    /// Succeeds when the server answered.
    static let client = """
        use strict; use Socket; my $way = shift; my $s; my $text = "";
        open(my $file, "<", ($0 =~ m{(.*)/})[0] . "/ports") or exit 1;
        my ($tcp, $udp) = split " ", <$file>;
        alarm 2;
        if ($way eq "tcp") { socket($s, PF_INET, SOCK_STREAM, 0); connect($s, sockaddr_in($tcp, INADDR_LOOPBACK)) or exit 1 }
        elsif ($way eq "udp") {
            socket($s, PF_INET, SOCK_DGRAM, 0);
            send($s, "ping", 0, sockaddr_in($udp, INADDR_LOOPBACK)) or exit 1;
        } else {
            socket($s, PF_UNIX, SOCK_STREAM, 0);
            connect($s, pack_sockaddr_un($way eq "abstract" ? "\\0canary-abstract" : $way)) or exit 1;
        }
        sysread($s, $text, 4);
        exit($text eq "pong" ? 0 : 1);
        """
}
