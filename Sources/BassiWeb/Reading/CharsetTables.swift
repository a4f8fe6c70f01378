/// The upper halves of the encodings with one byte for a character that pages still have, as ranges of code points.
enum CharsetTables {
    /// The table of a label, in lower case; nil for a label that is not known here.
    static func upperHalf(of label: String) -> [UInt32]? {
        switch label {
        case "windows-1250", "cp1250", "x-cp1250":
            windows1250
        case "windows-1251", "cp1251", "x-cp1251":
            windows1251
        case "windows-1252", "cp1252", "x-cp1252", "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "l1", "us-ascii",
            "ascii":
            windows1252
        case "windows-1253", "cp1253":
            windows1253
        case "windows-1254", "cp1254", "iso-8859-9", "latin5":
            windows1254
        case "iso-8859-2", "iso8859-2", "latin2":
            latin2
        case "iso-8859-7", "greek":
            greek
        case "iso-8859-15", "iso8859-15", "latin9":
            latin9
        case "koi8-r", "koi8":
            koi8r
        default: nil
        }
    }

    private static let windows1250 = expanded(
        """
        20ac fffd 201a fffd 201e 2026 2020+1 fffd 2030 160 2039 15a 164 17d 179 fffd 2018+1 201c+1 2022 2013+1 fffd \
        2122 161 203a 15b 165 17e 17a a0 2c7 2d8 141 a4 104 a6+3 15e ab+3 17b b0+1 2db 142 b4+4 105 15f bb 13d 2dd \
        13e 17c 154 c1+1 102 c4 139 106 c7 10c c9 118 cb 11a cd+1 10e 110 143 147 d3+1 150 d6+1 158 16e da 170 dc+1 \
        162 df 155 e1+1 103 e4 13a 107 e7 10d e9 119 eb 11b ed+1 10f 111 144 148 f3+1 151 f6+1 159 16f fa 171 fc+1 \
        163 2d9
        """)
    private static let windows1251 = expanded(
        """
        402+1 201a 453 201e 2026 2020+1 20ac 2030 409 2039 40a 40c 40b 40f 452 2018+1 201c+1 2022 2013+1 fffd 2122 \
        459 203a 45a 45c 45b 45f a0 40e 45e 408 a4 490 a6+1 401 a9 404 ab+3 407 b0+1 406 456 491 b5+2 451 2116 454 \
        bb 458 405 455 457 410+3f
        """)
    private static let windows1252 = expanded(
        """
        20ac 81 201a 192 201e 2026 2020+1 2c6 2030 160 2039 152 8d 17d 8f+1 2018+1 201c+1 2022 2013+1 2dc 2122 161 \
        203a 153 9d 17e 178 a0+5f
        """)
    private static let windows1253 = expanded(
        """
        20ac fffd 201a 192 201e 2026 2020+1 fffd 2030 fffd 2039 fffd fffd fffd fffd fffd 2018+1 201c+1 2022 2013+1 \
        fffd 2122 fffd 203a fffd fffd fffd fffd a0 385+1 a3+6 fffd ab+3 2015 b0+3 384 b5+2 388+2 bb 38c bd 38e+13 \
        fffd 3a3+2b fffd
        """)
    private static let windows1254 = expanded(
        """
        20ac fffd 201a 192 201e 2026 2020+1 2c6 2030 160 2039 152 fffd fffd fffd fffd 2018+1 201c+1 2022 2013+1 2dc \
        2122 161 203a 153 fffd fffd 178 a0+2f 11e d1+b 130 15e df+10 11f f1+b 131 15f ff
        """)
    private static let latin2 = expanded(
        """
        80+20 104 2d8 141 a4 13d 15a a7+1 160 15e 164 179 ad 17d 17b b0 105 2db 142 b4 13e 15b 2c7 b8 161 15f 165 \
        17a 2dd 17e 17c 154 c1+1 102 c4 139 106 c7 10c c9 118 cb 11a cd+1 10e 110 143 147 d3+1 150 d6+1 158 16e da \
        170 dc+1 162 df 155 e1+1 103 e4 13a 107 e7 10d e9 119 eb 11b ed+1 10f 111 144 148 f3+1 151 f6+1 159 16f fa \
        171 fc+1 163 2d9
        """)
    private static let greek = expanded(
        """
        80+20 2018+1 a3 20ac 20af a6+3 37a ab+2 fffd 2015 b0+3 384+2 b7 388+2 bb 38c bd 38e+13 fffd 3a3+2b fffd
        """)
    private static let latin9 = expanded(
        """
        80+23 20ac a5 160 a7 161 a9+a 17d b5+2 17e b9+2 152+1 178 bf+40
        """)
    private static let koi8r = expanded(
        """
        2500 2502 250c 2510 2514 2518 251c 2524 252c 2534 253c 2580 2584 2588 258c 2590+3 2320 25a0 2219+1 2248 \
        2264+1 a0 2321 b0 b2 b7 f7 2550+2 451 2553+e 401 2562+a a9 44e 430+1 446 434+1 444 433 445 438+7 44f 440+3 \
        436 432 44c 44b 437 448 44d 449 447 44a 42e 410+1 426 414+1 424 413 425 418+7 42f 420+3 416 412 42c 42b 417 \
        428 42d 429 427 42a
        """)

    /// Code points in hexadecimal; `41+2` stands for 41 42 43.
    private static func expanded(_ text: String) -> [UInt32] {
        text.split(separator: " ").flatMap { word -> [UInt32] in
            let parts = word.split(separator: "+").map { UInt32($0, radix: 16) ?? 0xFFFD }
            return parts.count == 2 ? Array(parts[0]...(parts[0] + parts[1])) : parts
        }
    }
}
