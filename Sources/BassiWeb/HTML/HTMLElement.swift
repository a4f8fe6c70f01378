/// The elements that mean something for the text of a page; all others are `other` and only their text counts.
enum HTMLElement: Int, CaseIterable, Sendable {
    case other
    // The page and what is not its text.
    case html, head, body, title, meta, base, link, script, style, template, noscript, iframe, object, embed, canvas
    case audio, video, svg, math, noembed, noframes, xmp, plaintext, map, dialog
    case nav, select, datalist, textarea, button, input
    // Blocks.
    case address, article, aside, blockquote, center, dd, details, div, dl, dt, fieldset, figcaption, figure, footer
    case form, h1, h2, h3, h4, h5, h6, header, hgroup, hr, legend, li, listing, main, menu, ol, optgroup, option, p, pre
    case section, summary, ul
    case table, caption, colgroup, col, thead, tbody, tfoot, tr, td, th
    // Parts of a line.
    case a, b, strong, em, i, cite, dfn, code, kbd, samp, tt, del, s, strike, q, br, wbr, img, span, area, source, track
    case param

    private static let byName = Dictionary(
        allCases.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    /// The element of a name in lower case.
    static func named(_ name: String) -> HTMLElement { byName[name] ?? .other }

    /// Its name in a tag.
    var name: String { "\(self)" }

    /// Whether it has no end tag.
    var isVoid: Bool {
        switch self {
        case .meta, .base, .link, .embed, .input, .hr, .col, .br, .wbr, .img, .area, .source, .track, .param: true
        default: false
        }
    }

    /// Whether what follows is text up to its end tag, whatever it looks like.
    var isRawText: Bool {
        switch self {
        case .script, .style, .xmp, .iframe, .noembed, .noframes, .textarea, .title, .plaintext: true
        default: false
        }
    }

    /// Whether nothing in it is text of the page: programs, controls, and the ways to other pages.
    var isSkipped: Bool {
        switch self {
        case .template, .object, .canvas, .audio, .video, .svg, .math, .nav, .select, .datalist, .map: true
        default: false
        }
    }

    /// Whether it begins and ends a paragraph.
    var isBlock: Bool {
        switch self {
        case .html, .head, .body, .dialog, .nav, .address, .article, .aside, .blockquote, .center, .dd, .details, .div,
            .dl, .dt, .fieldset, .figcaption, .figure, .footer, .form, .h1, .h2, .h3, .h4, .h5, .h6, .header, .hgroup,
            .hr, .legend, .li, .listing, .main, .menu, .ol, .optgroup, .option, .p, .pre, .section, .summary, .ul,
            .table, .caption, .thead, .tbody, .tfoot, .tr, .td, .th:
            true
        default: false
        }
    }

    /// Whether an end tag or an implied end does not reach beyond it.
    var isScope: Bool {
        switch self {
        case .html, .table, .td, .th, .caption, .template, .object: true
        default: false
        }
    }

    /// What ends when this begins, and within which elements it is looked for.
    var implies: (ends: [HTMLElement], within: [HTMLElement])? {
        switch self {
        case .li: ([.li], [.ul, .ol, .menu])
        case .dt, .dd: ([.dt, .dd], [.dl])
        case .tr: ([.tr], [.table])
        case .td, .th: ([.td, .th], [.tr, .table])
        case .thead, .tbody, .tfoot: ([.thead, .tbody, .tfoot, .caption], [.table])
        case .option: ([.option], [.select])
        default: nil
        }
    }

    /// The level of a heading.
    var headingLevel: Int? {
        switch self {
        case .h1: 1
        case .h2: 2
        case .h3: 3
        case .h4: 4
        case .h5: 5
        case .h6: 6
        default: nil
        }
    }
}
