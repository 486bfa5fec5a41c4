// swift-tools-version: 6.2
import PackageDescription

// Every Swift target is built in Swift 6 mode, and any use of an unsafe construct that is not marked
// `unsafe` is an error. CI adds `-warnings-as-errors` through the environment (see scripts/check).
let warningsAreErrors = Context.environment["THINGRPC_WARNINGS_AS_ERRORS"] == "1"
let settings: [SwiftSetting] =
  [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    // An async function runs where its caller does: a hop to nowhere costs as much as a small message.
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  ]
  + (warningsAreErrors
    ? [.treatAllWarnings(as: .error)]
    : [.treatWarning("StrictMemorySafety", as: .error)])

// Programs in release have the gRPC core in them, which saves a call up to a third of its CPU: see CGRPCShim/static. With
// THINGRPC_SHARED_CORE=1 they take the shared library, as debug builds do.
let programLinking: [LinkerSetting] =
  Context.environment["THINGRPC_SHARED_CORE"] == "1"
  ? []
  : [.unsafeFlags(["-L\(Context.packageDirectory)/CGRPCShim/static"], .when(configuration: .release))]

let package = Package(
  name: "ThinGRPC",
  products: [
    .library(name: "ThinGRPC", targets: ["ThinGRPC"]),
    .library(name: "ThinGRPCProtobuf", targets: ["ThinGRPCProtobuf", "ThinGRPCWellKnownTypes"]),
    .library(name: "ThinGRPCStatusDetails", targets: ["ThinGRPCStatusDetails"]),
    .library(name: "ThinGRPCAuthorization", targets: ["ThinGRPCAuthorization"]),
    .library(name: "ThinGRPCJWT", targets: ["ThinGRPCJWT"]),
    .library(name: "ThinGRPCCodeGen", targets: ["ThinGRPCCodeGen"]),
    .executable(name: "protoc-gen-thin-grpc-swift", targets: ["protoc-gen-thin-grpc-swift"]),
    .plugin(name: "ThinGRPCGenerator", targets: ["ThinGRPCGenerator"]),
    .plugin(name: "ThinGRPCGeneratorCommand", targets: ["ThinGRPCGeneratorCommand"]),
    .executable(name: "userd", targets: ["userd"]),
    .executable(name: "userctl", targets: ["userctl"]),
    .executable(name: "rpcbench", targets: ["rpcbench"]),
    // For the benchmarks alone: the package in Benchmarks serves the same table and compares the same messages.
    .library(name: "UserProtos", targets: ["UserProtos"]),
    .library(name: "UserTable", targets: ["UserTable"]),
  ],
  // The library products above use none of these, but for ThinGRPCJWT: they are for the daemon, its store and the tools.
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", exact: "0.2.0"),
    .package(url: "https://github.com/vapor/jwt-kit", exact: "5.7.1"),
  ],
  targets: [
    // The C libraries. A link flag each; pkg-config's closure of gRPC is too long for a command line.
    .systemLibrary(name: "CGRPCShim", path: "CGRPCShim", providers: [.apt(["libgrpc-dev"])]),
    // Of the OpenSSL that libgrpc-dev depends on.
    .systemLibrary(name: "COpenSSL", path: "Sources/COpenSSL", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
      name: "CProtobufC", path: "Sources/CProtobufC", providers: [.apt(["libprotobuf-c-dev"])]),

    // The library, from the C core upwards.
    .target(name: "ThinGRPCGuarding", swiftSettings: settings),
    .target(
      name: "GRPCRuntime", dependencies: ["CGRPCShim", "COpenSSL", "ThinGRPCGuarding"],
      swiftSettings: settings),
    // Strict JSON, of which decisions are made.
    .target(name: "ThinGRPCJSON", swiftSettings: settings),
    .target(
      name: "ThinGRPC", dependencies: ["GRPCRuntime", "ThinGRPCGuarding", "ThinGRPCJSON"],
      swiftSettings: settings),
    .target(
      name: "ThinGRPCProtobuf", dependencies: ["ThinGRPC", "CProtobufC", "ThinGRPCGuarding"],
      swiftSettings: settings),
    .target(
      name: "ThinGRPCWellKnownTypes", dependencies: ["ThinGRPC", "ThinGRPCProtobuf"], swiftSettings: settings),

    // What goes with an error beside its code and its message.
    .target(
      name: "ThinGRPCStatusDetails",
      dependencies: ["ThinGRPC", "ThinGRPCProtobuf", "ThinGRPCWellKnownTypes"],
      exclude: ["protos"], swiftSettings: settings),

    // Who may make which call.
    .target(
      name: "ThinGRPCAuthorization",
      dependencies: ["ThinGRPC", "GRPCRuntime", "ThinGRPCGuarding", "ThinGRPCJSON"], swiftSettings: settings),
    .target(
      name: "ThinGRPCJWT",
      dependencies: [
        "ThinGRPC", "GRPCRuntime", "ThinGRPCGuarding", "ThinGRPCJSON",
        .product(name: "JWTKit", package: "jwt-kit"),
      ], swiftSettings: settings),

    // What the programs share.
    .target(name: "ThinGRPCVersion", swiftSettings: settings),
    .systemLibrary(name: "CTerminal", path: "Sources/CTerminal"),
    .target(
      name: "ConsoleProgram",
      dependencies: [
        "CTerminal", "ThinGRPCVersion", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: settings),

    // The code generator.
    .target(name: "ThinGRPCCodeGen", swiftSettings: settings),
    .executableTarget(
      name: "protoc-gen-thin-grpc-swift", dependencies: ["ThinGRPCCodeGen", "ThinGRPCVersion"],
      swiftSettings: settings),

    // The code generator in SwiftPM: at every build, or on command.
    .plugin(
      name: "ThinGRPCGenerator", capability: .buildTool(), dependencies: ["protoc-gen-thin-grpc-swift"]),
    .plugin(
      name: "ThinGRPCGeneratorCommand",
      capability: .command(
        intent: .custom(verb: "generate-grpc", description: "Generates code for .proto files"),
        permissions: [.writeToPackageDirectory(reason: "to write the code generated for .proto files")]),
      dependencies: ["protoc-gen-thin-grpc-swift"]),

    // The user service: messages, store and methods, daemon, client.
    .target(
      name: "UserProtos", dependencies: ["ThinGRPC", "ThinGRPCProtobuf", "ThinGRPCWellKnownTypes"],
      swiftSettings: settings),
    .systemLibrary(name: "CFileIdentity", path: "Sources/CFileIdentity"),
    .systemLibrary(
      name: "CSQLiteLog", path: "Sources/CSQLiteLog", providers: [.apt(["libsqlite3-dev"])]),
    .target(
      name: "UserService",
      dependencies: [
        "CFileIdentity", "CSQLiteLog", "UserProtos", "ThinGRPC", "ThinGRPCProtobuf", "ThinGRPCStatusDetails",
        "ThinGRPCWellKnownTypes", "ThinGRPCGuarding",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: settings),
    .executableTarget(
      name: "userd",
      dependencies: [
        "ConsoleProgram", "UserService", "UserProtos", "ThinGRPC", "ThinGRPCAuthorization", "ThinGRPCJWT",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: settings, linkerSettings: programLinking),
    .executableTarget(
      name: "userctl",
      dependencies: [
        "ConsoleProgram", "UserProtos", "ThinGRPC", "ThinGRPCProtobuf", "ThinGRPCStatusDetails",
        "ThinGRPCWellKnownTypes", "ThinGRPCGuarding",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: settings, linkerSettings: programLinking),

    // The benchmark harness.
    .systemLibrary(name: "CResourceUsage", path: "Sources/CResourceUsage"),
    .target(
      name: "UserTable",
      dependencies: ["UserProtos", "ThinGRPCProtobuf", "ThinGRPCWellKnownTypes", "ThinGRPCGuarding"],
      swiftSettings: settings),
    .executableTarget(
      name: "rpcbench",
      dependencies: [
        "ConsoleProgram", "CResourceUsage", "UserProtos", "UserTable", "ThinGRPC", "ThinGRPCProtobuf",
        "ThinGRPCWellKnownTypes", "ThinGRPCGuarding",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Histogram", package: "hdrhistogram-swift"),
      ], swiftSettings: settings, linkerSettings: programLinking),

    // What Google's conformance suite talks to: see scripts/conformance.
    .target(
      name: "ConformanceProtos", dependencies: ["ThinGRPC", "ThinGRPCProtobuf", "ThinGRPCWellKnownTypes"],
      path: "Tests/Conformance/Messages", swiftSettings: settings),
    .executableTarget(
      name: "conformance-testee",
      dependencies: ["ConformanceProtos", "ThinGRPC", "ThinGRPCProtobuf", "ThinGRPCWellKnownTypes"],
      swiftSettings: settings),

    .testTarget(
      name: "ThinGRPCTests",
      dependencies: ["ThinGRPC", "ThinGRPCGuarding", "GRPCRuntime", "ThinGRPCAuthorization"],
      swiftSettings: settings),
    // A service and files that the tests of access share.
    .target(
      name: "GuardedService", dependencies: ["ThinGRPC", "ThinGRPCGuarding"], path: "Tests/GuardedService",
      swiftSettings: settings),
    .testTarget(
      name: "ThinGRPCAuthorizationTests",
      dependencies: ["ThinGRPC", "GRPCRuntime", "ThinGRPCAuthorization", "GuardedService"],
      swiftSettings: settings),
    .testTarget(
      name: "ThinGRPCJWTTests",
      dependencies: [
        "ThinGRPC", "ThinGRPCAuthorization", "ThinGRPCJWT", "GuardedService",
        .product(name: "JWTKit", package: "jwt-kit"),
      ], swiftSettings: settings),
    // The generator's expected output, compiled so that tests can use it.
    .target(
      name: "GoldenProtos", dependencies: ["ThinGRPC", "ThinGRPCProtobuf", "ThinGRPCWellKnownTypes"],
      path: "Tests/ThinGRPCCodeGenTests/Golden", exclude: ["protos"], swiftSettings: settings),
    .target(
      name: "GoldenParts", dependencies: ["ThinGRPC", "ThinGRPCProtobuf", "ThinGRPCWellKnownTypes"],
      path: "Tests/ThinGRPCCodeGenTests/GoldenModules/Parts", swiftSettings: settings),
    .target(
      name: "GoldenOrders",
      dependencies: ["ThinGRPC", "ThinGRPCProtobuf", "ThinGRPCWellKnownTypes", "GoldenParts"],
      path: "Tests/ThinGRPCCodeGenTests/GoldenModules/Orders", swiftSettings: settings),
    .target(
      name: "GoldenMocks", dependencies: ["ThinGRPC", "GoldenParts", "GoldenOrders"],
      path: "Tests/ThinGRPCCodeGenTests/GoldenModules/Mocks", swiftSettings: settings),
    .target(
      name: "GoldenCollisions", dependencies: ["ThinGRPC", "ThinGRPCProtobuf"],
      path: "Tests/ThinGRPCCodeGenTests/GoldenCollisions", exclude: ["protos"], swiftSettings: settings),
    .testTarget(
      name: "ThinGRPCCodeGenTests",
      dependencies: [
        "ThinGRPC", "ThinGRPCProtobuf", "ThinGRPCCodeGen", "GoldenParts", "GoldenOrders", "GoldenMocks",
        "GoldenCollisions",
      ], exclude: ["Golden", "GoldenModules", "GoldenCollisions"], swiftSettings: settings),
    .testTarget(
      name: "ThinGRPCProtobufTests",
      dependencies: [
        "ThinGRPC", "ThinGRPCProtobuf", "ThinGRPCWellKnownTypes", "UserProtos", "GoldenProtos",
      ], swiftSettings: settings),
    // What the decoding of hostile input takes, in a process of its own: see ProgramTests.
    .executableTarget(
      name: "decoding-memory",
      dependencies: ["GoldenProtos", "UserProtos", "ThinGRPC", "ThinGRPCProtobuf", "ThinGRPCWellKnownTypes"],
      path: "Tests/DecodingMemory", swiftSettings: settings),
    // A server and a client that do as a control plane says, for Tests/Interop.
    .executableTarget(
      name: "xds-peer", dependencies: ["ThinGRPC", "ThinGRPCGuarding"], path: "Tests/XDSPeer",
      swiftSettings: settings, linkerSettings: programLinking),
    .testTarget(
      name: "ThinGRPCWellKnownTypesTests",
      dependencies: ["ThinGRPCProtobuf", "ThinGRPCWellKnownTypes"], swiftSettings: settings),
    .testTarget(
      name: "ThinGRPCStatusDetailsTests",
      dependencies: [
        "ThinGRPC", "ThinGRPCProtobuf", "ThinGRPCWellKnownTypes", "ThinGRPCStatusDetails", "ThinGRPCGuarding",
      ],
      swiftSettings: settings),
    // A server and a client of statuses with details and of metadata, for Tests/Interop.
    .executableTarget(
      name: "call-peer",
      dependencies: ["ThinGRPC", "ThinGRPCProtobuf", "ThinGRPCWellKnownTypes", "ThinGRPCStatusDetails"],
      path: "Tests/CallPeer", swiftSettings: settings, linkerSettings: programLinking),
    .testTarget(
      name: "UserServiceTests",
      dependencies: [
        "UserService", "UserProtos", "ThinGRPC", "ThinGRPCProtobuf", "ThinGRPCStatusDetails",
        "ThinGRPCWellKnownTypes", "ThinGRPCGuarding",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: settings),
    .testTarget(
      name: "ConsoleProgramTests",
      dependencies: [
        "ConsoleProgram", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: settings),
    .testTarget(
      name: "userdTests",
      dependencies: [
        "userd", "ThinGRPC", "GuardedService",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ], swiftSettings: settings),
    .testTarget(
      name: "userctlTests",
      dependencies: [
        "userctl", "ConsoleProgram", "UserProtos", "ThinGRPC", "ThinGRPCProtobuf", "ThinGRPCStatusDetails",
        "ThinGRPCWellKnownTypes",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "rpcbenchTests",
      dependencies: [
        "rpcbench", "ConsoleProgram", "UserProtos", "UserTable", "ThinGRPC", "ThinGRPCProtobuf",
        "ThinGRPCWellKnownTypes",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: settings),
    .testTarget(
      name: "ProgramTests",
      dependencies: [
        "rpcbench", "userd", "userctl", "decoding-memory", "ThinGRPC", "ThinGRPCGuarding", "ThinGRPCProtobuf",
        "UserProtos",
      ],
      swiftSettings: settings),
  ]
)

// libFuzzer has a `main` of its own, so this target is only there for scripts/fuzz.
if Context.environment["THINGRPC_FUZZING"] == "1" {
  package.targets.append(
    .executableTarget(
      name: "message-fuzzer",
      dependencies: ["GoldenProtos", "UserProtos", "ThinGRPCProtobuf", "ThinGRPCWellKnownTypes"],
      path: "Tests/Fuzz", swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])]))
}
