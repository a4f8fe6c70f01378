import CBassiProcess
import Foundation

/// Reads and writes of descriptors that do not block.
enum Descriptor {
    /// What one look at a descriptor gave.
    enum Look {
        case bytes([UInt8])
        case nothingYet
        case end
    }

    /// At most this much is read before the reader of the output is asked: the bound of what is in memory.
    static let read_bytes_max = 65_536

    static func look(_ descriptor: Int32) -> Look {
        withUnsafeTemporaryAllocation(byteCount: read_bytes_max, alignment: 1) { buffer in
            while true {
                let count = read(descriptor, buffer.baseAddress, buffer.count)
                if count > 0 { return .bytes([UInt8](buffer[..<count])) }
                if count == 0 { return .end }
                switch errno {
                case EINTR: continue
                case EAGAIN, EWOULDBLOCK: return .nothingYet
                default: return .end
                }
            }
        }
    }

    /// How many bytes were taken; nil when nobody will read any more.
    static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Int? {
        let count = bytes.withUnsafeBytes { bassi_write(descriptor, $0.baseAddress, $0.count) }
        if count >= 0 { return count }
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? 0 : nil
    }
}
