/// What is another in each run and says nothing: UUIDs, moments, days.
enum VaryingText {
    private static let uuid = pattern("hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh")
    private static let moment = pattern("dddd-dd-ddTdd:dd:dd")
    private static let date = pattern("dddd-dd-dd")

    /// The text with `{uuid}`, `{time}` and, where they are wanted, `{date}` in their place.
    static func replacing(in text: String, dates: Bool) -> String {
        let bytes = Array(text.utf8)
        var (output, index, isFound): ([UInt8], Int, Bool) = ([], 0, false)
        while index < bytes.count {
            guard let (end, name) = match(bytes, at: index, dates: dates) else {
                output.append(bytes[index])
                index += 1
                continue
            }
            output += name.utf8
            (index, isFound) = (end, true)
        }
        return isFound ? String(decoding: output, as: UTF8.self) : text
    }

    private static func match(_ bytes: [UInt8], at index: Int, dates: Bool) -> (end: Int, name: String)? {
        guard isHex(bytes[index]) else { return nil }
        if matches(uuid, bytes, at: index) { return (index + uuid.count, "{uuid}") }
        if matches(moment, bytes, at: index) { return (endOfMoment(bytes, index + moment.count), "{time}") }
        return dates && matches(date, bytes, at: index) ? (index + date.count, "{date}") : nil
    }

    /// Behind the fraction of the second and the zone.
    private static func endOfMoment(_ bytes: [UInt8], _ start: Int) -> Int {
        var end = start
        func at(_ index: Int) -> UInt8? { bytes.indices.contains(index) ? bytes[index] : nil }
        if at(end) == UInt8(ascii: "."), at(end + 1).map(isDigit) == true {
            end += 1
            while at(end).map(isDigit) == true { end += 1 }
        }
        if at(end) == UInt8(ascii: "Z") { return end + 1 }
        let zone = pattern("+dd:dd")
        if matches(zone, bytes, at: end) || matches([UInt8(ascii: "-")] + zone.dropFirst(), bytes, at: end) {
            end += zone.count
        }
        return end
    }

    /// `h` is a hexadecimal digit, `d` a decimal one.
    private static func matches(_ pattern: [UInt8], _ bytes: [UInt8], at index: Int) -> Bool {
        guard index + pattern.count <= bytes.count else { return false }
        for (place, wanted) in pattern.enumerated() {
            let byte = bytes[index + place]
            let isRight =
                switch wanted {
                case UInt8(ascii: "h"): isHex(byte)
                case UInt8(ascii: "d"): isDigit(byte)
                default: byte == wanted
                }
            if !isRight { return false }
        }
        return true
    }

    private static func pattern(_ text: String) -> [UInt8] { Array(text.utf8) }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isHex(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }
}
