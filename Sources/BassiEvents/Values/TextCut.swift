extension String {
    /// The text without its middle, cut between characters; the whole of it where it is short enough.
    ///
    /// - Parameter mark: What stands in for the middle, given the bytes that were left out.
    package func cutInTheMiddle(headBytes: Int, tailBytes: Int, mark: (Int) -> String) -> String {
        let utf8 = Array(self.utf8)
        guard utf8.count > headBytes + tailBytes else { return self }
        var (start, end) = (headBytes, utf8.count - tailBytes)
        while start > 0, utf8[start] & 0xC0 == 0x80 { start -= 1 }
        while end < utf8.count, utf8[end] & 0xC0 == 0x80 { end += 1 }
        return String(decoding: utf8[..<start], as: UTF8.self) + mark(end - start)
            + String(decoding: utf8[end...], as: UTF8.self)
    }
}
