import Foundation
import Testing

@testable import BassiWorkspace

@Suite struct HomeTests {
    @Test(arguments: [
        (["BASSI_HOME": "/b/", "XDG_DATA_HOME": "/x", "HOME": "/h"], "/b"),
        (["XDG_DATA_HOME": "/x", "HOME": "/h"], "/x/bassi"), (["HOME": "/h"], "/h/.local/share/bassi"),
        (["BASSI_HOME": "", "XDG_DATA_HOME": "relative", "HOME": "/h"], "/h/.local/share/bassi"),
    ])
    func `the home is the first that the environment names`(environment: [String: String], path: String) throws {
        #expect(try Home(environment: environment).path == path)
    }

    @Test func `without any variable the error says which to set`() {
        let error = #expect(throws: Home.Failure.self) { try Home(environment: [:]) }
        #expect(error?.description.contains("BASSI_HOME") == true)
    }

    @Test func `the folder is made private, once, and a file in its place is refused`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        let home = try Home(environment: ["BASSI_HOME": folder.appendingPathComponent("a/b").path])
        try home.create()
        try home.create()
        let mode = try FileManager.default.attributesOfItem(atPath: home.path)[.posixPermissions] as? Int
        #expect(mode == 0o700)
        try Data().write(to: folder.appendingPathComponent("file"))
        let wrong = try Home(environment: ["BASSI_HOME": folder.appendingPathComponent("file").path])
        #expect(throws: Home.Failure.unusable(path: wrong.path, reason: "it is a file")) { try wrong.create() }
        let below = try Home(environment: ["BASSI_HOME": wrong.path + "/below"])
        #expect(throws: Home.Failure.unusable(path: below.path, reason: "Not a directory")) { try below.create() }
    }
}
