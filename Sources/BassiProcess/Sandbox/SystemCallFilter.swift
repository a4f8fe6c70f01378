/// A filter of system calls for what no namespace keeps apart, as a program for the kernel (classic BPF).
///
/// Sockets of other kinds than those of files, of the internet and of the kernel's own messages: a virtual machine
/// reaches its host by `AF_VSOCK`, whatever its network namespace. Key rings, which a process inherits. `io_uring`, which
/// opens sockets past a filter. Typing into a terminal. System calls of other architectures, which have other numbers.
enum SystemCallFilter {
    /// Nil for an architecture whose numbers are not known here.
    static let program: [UInt8]? = numbers.map { assemble($0).flatMap(\.bytes) }

    private struct Numbers {
        let architecture: UInt32
        let socket: UInt32
        let ioctl: UInt32
        let keys: [UInt32]
        /// From here on the numbers of another convention begin.
        var end: UInt32?
    }

    #if arch(x86_64)
        private static let numbers: Numbers? = Numbers(
            architecture: 0xC000_003E, socket: 41, ioctl: 16, keys: [248, 249, 250], end: 0x4000_0000)
    #elseif arch(arm64)
        private static let numbers: Numbers? = Numbers(
            architecture: 0xC000_00B7, socket: 198, ioctl: 29, keys: [217, 218, 219])
    #else
        private static let numbers: Numbers? = nil
    #endif

    private static let ring: [UInt32] = [425, 426, 427]
    /// UNIX, INET, INET6, NETLINK.
    private static let families: [UInt32] = [1, 2, 10, 16]
    /// TIOCSTI and TIOCLINUX.
    private static let typing: [UInt32] = [0x5412, 0x541C]

    private struct Instruction {
        let code: UInt16
        var whenTrue: UInt8 = 0
        var whenFalse: UInt8 = 0
        let value: UInt32

        var bytes: [UInt8] {
            [UInt8(code & 0xFF), UInt8(code >> 8), whenTrue, whenFalse]
                + (0..<4).map { UInt8(value >> ($0 * 8) & 0xFF) }
        }

        /// Four bytes of what describes the call: 0 its number, 4 the architecture, 16 and 24 the first two arguments.
        static func load(_ offset: UInt32) -> Instruction { Instruction(code: 0x20, value: offset) }
        static let allow = Instruction(code: 0x06, value: 0x7FFF_0000)
        static func refuse(_ error: UInt32) -> Instruction { Instruction(code: 0x06, value: 0x0005_0000 | error) }

        /// What follows counts when the value is this one.
        static func when(_ value: UInt32, _ body: [Instruction]) -> [Instruction] {
            [Instruction(code: 0x15, whenFalse: UInt8(body.count), value: value)] + body
        }
    }

    private static func assemble(_ numbers: Numbers) -> [Instruction] {
        let (notPermitted, noSuchCall, noSuchFamily): (UInt32, UInt32, UInt32) = (1, 38, 97)
        var program: [Instruction] = [
            .load(4), Instruction(code: 0x15, whenTrue: 1, value: numbers.architecture), .refuse(noSuchCall), .load(0),
        ]
        if let end = numbers.end {
            program += [Instruction(code: 0x35, whenFalse: 1, value: end), .refuse(noSuchCall)]
        }
        for number in ring + numbers.keys { program += Instruction.when(number, [.refuse(noSuchCall)]) }
        program += Instruction.when(
            numbers.socket, [.load(16)] + families.flatMap { Instruction.when($0, [.allow]) } + [.refuse(noSuchFamily)])
        program += Instruction.when(
            numbers.ioctl, [.load(24)] + typing.flatMap { Instruction.when($0, [.refuse(notPermitted)]) } + [.allow])
        return program + [.allow]
    }
}
