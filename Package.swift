// swift-tools-version: 6.2
import PackageDescription

// Set by script/test and CI: a warning fails the build there, never on a user's machine.
let strict: [SwiftSetting] =
    Context.environment["BASSI_STRICT"] != nil ? [.treatAllWarnings(as: .error)] : []

let settings: [SwiftSetting] = [.swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny")] + strict

/// Built only with the trait `Network`, so that the core builds and is tested in seconds without it.
func network(_ name: String, _ package: String) -> Target.Dependency {
    .product(name: name, package: package, condition: .when(traits: ["Network"]))
}

/// A library target and its place in the flow: `imports` are all the targets of ours it may see.
func module(_ name: String, imports: [String] = [], _ outside: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: imports.map { .target(name: $0) } + outside, swiftSettings: settings)
}

func tests(_ name: String, of imports: [String], resources: [Resource] = []) -> Target {
    .testTarget(
        name: name, dependencies: imports.map { .target(name: $0) }, resources: resources, swiftSettings: settings)
}

let libraries = [
    "BassiEvents", "BassiStore", "BassiSQLite", "BassiModels", "BassiProcess", "BassiPermissions", "BassiTools",
    "BassiWeb", "BassiSession", "BassiWorkspace", "BassiTesting",
]

let package = Package(
    name: "bassi",
    platforms: [.macOS(.v15)],
    products: libraries.map { .library(name: $0, targets: [$0]) } + [
        .executable(name: "bassi", targets: ["bassi"])
    ],
    traits: [
        .trait(name: "Network", description: "Reach real model providers over HTTP (SwiftNIO, BoringSSL)."),
        .default(enabledTraits: ["Network"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.30.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    ],
    targets: [
        // What happened, and where it is kept.
        module("BassiEvents"),
        module("BassiStore", imports: ["BassiEvents"], [.product(name: "Crypto", package: "swift-crypto")]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        module("BassiSQLite", imports: ["BassiEvents", "BassiStore", "CSQLite"]),

        // Who is asked, and what may be done.
        module(
            "BassiModels", imports: ["BassiEvents"],
            [network("AsyncHTTPClient", "async-http-client"), network("NIOSSL", "swift-nio-ssl")]),
        .target(name: "CBassiProcess"),
        module("BassiProcess", imports: ["CBassiProcess"]),
        module("BassiPermissions", imports: ["BassiEvents", "BassiProcess"]),
        module(
            "BassiTools", imports: ["BassiEvents", "BassiPermissions", "BassiProcess"],
            [.product(name: "Crypto", package: "swift-crypto")]),
        module(
            "BassiWeb", imports: ["BassiEvents", "BassiModels", "BassiPermissions", "BassiTools"],
            [
                network("AsyncHTTPClient", "async-http-client"), network("NIOSSL", "swift-nio-ssl"),
                network("NIOCore", "swift-nio"), network("NIOPosix", "swift-nio"), network("NIOHTTP1", "swift-nio"),
            ]),

        // The agent, and what holds in a folder.
        module(
            "BassiSession",
            imports: ["BassiEvents", "BassiStore", "BassiModels", "BassiPermissions", "BassiTools"]),
        module(
            "BassiWorkspace",
            imports: [
                "BassiEvents", "BassiStore", "BassiModels", "BassiProcess", "BassiPermissions", "BassiTools",
                "BassiWeb", "BassiSession",
            ], [.product(name: "Yams", package: "Yams")]),

        // The program.
        .executableTarget(
            name: "bassi",
            dependencies: [
                "BassiEvents", "BassiStore", "BassiSQLite", "BassiModels", "BassiProcess", "BassiPermissions",
                "BassiTools", "BassiWeb", "BassiSession", "BassiWorkspace",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: settings),

        .executableTarget(
            name: "bassi-bench",
            dependencies: [
                "BassiEvents", "BassiStore", "BassiSQLite", "BassiModels", "BassiPermissions", "BassiTools",
                "BassiSession",
                "BassiProcess", "BassiTesting", "CSQLite",
            ], path: "Benchmarks/bassi-bench", swiftSettings: settings),

        // Proof that the store loses nothing: power cuts, kills and faults (docs/durability.md).
        .target(name: "CRecordingVFS", dependencies: ["CSQLite"], path: "Benchmarks/CRecordingVFS"),
        .executableTarget(
            name: "bassi-crash",
            dependencies: ["BassiEvents", "BassiStore", "BassiSQLite", "BassiTesting", "CSQLite", "CRecordingVFS"],
            path: "Benchmarks/bassi-crash", swiftSettings: settings),

        // The scripted model server as a program, for clients in other languages (script/test interop).
        .executableTarget(
            name: "bassi-model-server", dependencies: ["BassiModels", "BassiWorkspace", "BassiTesting"],
            path: "Benchmarks/bassi-model-server", swiftSettings: settings),
        // Proof that no command hides from the parser of shell commands (docs/permissions.md).
        .executableTarget(
            name: "bassi-shell-fuzz", dependencies: ["BassiPermissions", "BassiTesting"],
            path: "Benchmarks/bassi-shell-fuzz", swiftSettings: settings),

        // Helpers to test agents, stores, adapters and tools: a product, for users too.
        module(
            "BassiTesting",
            imports: [
                "BassiEvents", "BassiStore", "BassiModels", "BassiPermissions", "BassiTools", "BassiSession",
            ],
            [
                network("NIOCore", "swift-nio"), network("NIOPosix", "swift-nio"), network("NIOHTTP1", "swift-nio"),
            ]),

        // Proof: one test target for each module, and the rules of the house.
        tests("BassiEventsTests", of: ["BassiEvents"], resources: [.copy("Golden")]),
        tests("BassiStoreTests", of: ["BassiStore", "BassiTesting", "BassiEvents"]),
        tests(
            "BassiSQLiteTests", of: ["BassiSQLite", "BassiTesting", "BassiStore", "BassiEvents"],
            resources: [.copy("Golden")]),
        tests(
            "CrashTests",
            of: [
                "bassi-crash", "bassi-bench", "BassiTesting", "BassiSQLite", "BassiStore", "BassiEvents", "CSQLite",
            ]),
        tests("BassiModelsTests", of: ["BassiModels", "BassiEvents"]),
        tests("BassiProcessTests", of: ["BassiProcess"]),
        tests(
            "BassiPermissionsTests",
            of: ["BassiPermissions", "BassiProcess", "BassiTesting", "BassiEvents", "bassi-shell-fuzz"]),
        tests("BassiToolsTests", of: ["BassiTools", "BassiPermissions", "BassiProcess", "BassiEvents"]),
        tests(
            "BassiWebTests",
            of: ["BassiWeb", "BassiTesting", "BassiTools", "BassiPermissions", "BassiModels", "BassiEvents"]),
        tests(
            "BassiSessionTests",
            of: [
                "BassiSession", "BassiTesting", "BassiTools", "BassiPermissions", "BassiProcess", "BassiModels",
                "BassiStore", "BassiSQLite", "BassiEvents",
            ]),
        tests("BassiTestingTests", of: ["BassiTesting", "BassiModels", "BassiEvents"]),
        tests(
            "BassiWorkspaceTests",
            of: [
                "BassiWorkspace", "BassiTesting", "BassiSession", "BassiWeb", "BassiTools", "BassiPermissions",
                "BassiProcess", "BassiModels", "BassiEvents",
            ]),
        tests(
            "ProgramTests", of: ["bassi", "BassiTesting", "BassiModels", "BassiSQLite", "BassiStore", "BassiEvents"]),
        // Reads every line of every source: optimised, since in a debug build it would take longer than all the others.
        .testTarget(name: "TidyTests", swiftSettings: settings + [.unsafeFlags(["-O"])]),
    ]
)
