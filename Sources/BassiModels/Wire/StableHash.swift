extension String {
    /// FNV-1a, 64 bits: the same in each process, which Swift's own hash is not. It keeps nobody out.
    var stableHash: UInt64 {
        utf8.reduce(0xCBF2_9CE4_8422_2325) { hash, byte in (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }
}
