import BassiTesting
import Testing

@testable import BassiWeb

/// A page as Markdown, and what no page can do to the one who reads it.
@Suite(.timeLimit(.minutes(5))) struct MarkdownTests {
    private func document(_ html: String, bytesMax: Int = 8 << 20) throws -> MarkdownDocument {
        MarkdownDocument(html: html, address: try WebAddress("https://a.org/b/c"), bytesMax: bytesMax)
    }

    @Test(
        arguments: [
            ("<h1>A</h1><h3>B <b>c</b></h3>d", "# A\n\n### B **c**\n\nd"),
            ("<p>a\n  b<p>c<br>d", "a b\n\nc\nd"), ("a&nbsp;&amp;&#x20AC;&eacute;&#150;&bogus;&lt", "a &€é–&bogus;<"),
            ("<ul><li>a<li>b<ul><li>c</ul><li>d</ul>e", "- a\n- b\n  - c\n- d\n\ne"),
            ("<ol start=3><li>a</li><li><p>b</p><p>c</p></li></ol>", "3. a\n4. b\n\n   c"),
            (
                "<a href=x>t</a> <a href='?q=(1)'>u</a> <a name=n>v</a> <a href='javascript:x'>w</a>",
                "[t](https://a.org/b/x) [u](https://a.org/b/c?q=%281%29) v w"
            ),
            ("<a href=/x> spaced </a>!", "[spaced](https://a.org/x) !"), ("<a href=x></a>y", "y"),
            ("<a href=x><h2>T</h2><p>P</p></a>", "## [T](https://a.org/b/x)\n\nP"),
            ("<base href=//e.org/d/><a href=x>t</a>", "[t](https://e.org/d/x)"),
            ("<b>a<p>b</b>c", "**a**\n\n**bc**"), ("<em>a<strong>b</strong></em>", "*a**b***"),
            ("<code>a`b</code>", "`` a`b ``"), ("<del>x</del> <b></b>y", "~~x~~ y"),
            ("<pre>\n a\n  <b>b</b>\n</pre>", "```\n a\n  b\n```"),
            ("<pre><code class='x language-swift'>let a = \"```\"</code></pre>", "````swift\nlet a = \"```\"\n````"),
            ("<blockquote><p>a<p>b</blockquote>c", "> a\n>\n> b\n\nc"),
            ("<blockquote><ul><li>a<li>b</ul></blockquote>", "> - a\n> - b"),
            ("<table><tr><th>A<th>B<tr><td>1<td>2|3</table>", "| A | B |\n| --- | --- |\n| 1 | 2\\|3 |"),
            ("<table><tr><td>1<td>2</table>x", "|  |  |\n| --- | --- |\n| 1 | 2 |\n\nx"),
            ("<table><caption>C</caption><tr><td>1</table>", "C\n\n1"),
            (
                "<table><tr><td>a<table><tr><th>x<th>y<tr><td>1<td>2</table>b</table>",
                "a\n\n| x | y |\n| --- | --- |\n| 1 | 2 |\n\nb"
            ),
            ("<table><tr><td><ul><li>a<li>b</ul><td>c</table>", "|  |  |\n| --- | --- |\n| a b | c |"),
            ("<img src=p.png alt=' a  b '><img src=q.png><img alt=x src=data:a>", "![a b](https://a.org/b/p.png)"),
            ("a<script>x<b></script><style>y</style><!-- z --><nav>n<p>m</nav><svg><title>s</title></svg>b", "a\n\nb"),
            ("<p hidden>x<p>y<p style='display: none'>z<div aria-hidden=true>w</div>v", "y\n\nv"),
            ("<noscript>n</noscript><textarea>t</textarea><select><option>o</select>", "n"),
            ("<dl><dt>a<dd>b<dt>c<dd>d</dl>", "a\n\n: b\n\nc\n\n: d"), ("a<hr>b", "a\n\n---\n\nb"),
            ("<q>a</q> 1 < 2 <3 <", "\"a\" 1 < 2 <3 <"), ("<div>a<div>b</div>c</div></div></p>d", "a\n\nb\n\nc\n\nd"),
            ("<p>a</b></div>b", "ab"), ("<!DOCTYPE html><?php x ?><html><body>a</body></html>", "a"),
            ("a<script>never closed <b>b", "a"), ("a<b", "a"), ("a<!-- never", "a"), ("<!-->a", "a"), ("", ""),
        ])
    func `html becomes Markdown`(html: String, markdown: String) throws {
        let document = try document(html)
        #expect(document.text == markdown)
        #expect(!document.isCut)
    }

    @Test func `the title is one line, and the first one counts`() throws {
        #expect(try document("<title> A &amp;\n B </title><title>C</title>").title == "A & B")
        #expect(try document("<p>x").title == nil)
    }

    @Test func `random tags never stop the program, and always give text`() async throws {
        let parts = [
            "<", ">", "&", ";", "#", "\"", "'", "=", "/", "!", "--", " ", "a", "\u{0}", "ü", "<b>", "</b>", "<p",
            "<li>",
            "<ul>", "</ul>", "<table>", "<tr>", "<td>", "</table>", "<pre>", "</pre>", "<a href=x>", "</a>", "<h1>",
            "</h1>", "<script>", "</script>", "<blockquote>", "<nav>", "</nav>", "<br>", "<code>", "</code>", "<!--",
            "-->", "&#x110000;", "&#99999999999999999999;", "<title>", "<td hidden>", "<dd>", "<select>",
            "<base href=//>",
        ]
        try await Property("any page gives text", seed: 7, lists: 3000, operationsMax: 60).check { random in
            parts[Int.random(in: 0..<parts.count, using: &random)]
        } holds: { list in
            let document = try document(list.joined())
            guard document.text.utf8.count <= 100 * (list.joined().utf8.count + 10) else {
                throw ConformanceFailure("\(document.text.utf8.count) bytes")
            }
        }
    }

    @Test func `random bytes in every encoding never stop the program`() throws {
        var random = SplitMix64(seed: 11)
        for round in 0..<300 {
            let bytes = (0..<Int.random(in: 0...400, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let labels = [nil, "utf-8", "utf-16le", "utf-16be", "windows-1252", "koi8-r", "none"]
            let text = Charset.decode(bytes, header: labels[round % labels.count]).text
            _ = try document(text)
        }
    }

    @Test(
        arguments: [
            "<div>", "<b>", "<blockquote>", "<ul><li>", "<table><tr><td>", "</div>", "<p>", "<a href=x>y", "&amp;", "<",
            "<a ", "<!--", "&", "<td>", "<pre>", "<i><b><s>x", "<br>", "</", "<script>", "\u{301}", "<p hidden>", "&#",
            "<x y='", "`",
        ])
    func `a page of megabytes takes time in proportion to its length, and no stack`(part: String) throws {
        // Quadratic work would take hours here; what there is takes seconds without optimisation.
        let count = (1 << 20) / part.utf8.count
        let document = try document(String(repeating: part, count: count))
        #expect(document.text.utf8.count <= 9 << 20)
    }

    @Test func `what would become more than the limit is cut, and says so`() throws {
        let link = "<a href=x>y</a> "
        let long = "<base href=https://a.org/" + String(repeating: "d", count: 2000) + "/>"
        let cut = try document(long + String(repeating: link, count: 1000), bytesMax: 100_000)
        #expect(cut.isCut && cut.text.utf8.count < 110_000)
        #expect(try !document("<p>a", bytesMax: 1000).isCut)
    }
}
