// swift-tools-version: 6.2
import PackageDescription

// What ThinGRPC is measured against, in a package of its own: nobody who uses or tests the library compiles any of it.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatWarning("StrictMemorySafety", as: .error),
]

let package = Package(
  name: "ThinGRPCBenchmarks",
  dependencies: [
    .package(name: "ThinGRPC", path: ".."),
    .package(url: "https://github.com/grpc/grpc-swift-2", exact: "2.4.3"),
    .package(url: "https://github.com/grpc/grpc-swift-nio-transport", exact: "2.9.2"),
    .package(url: "https://github.com/grpc/grpc-swift-protobuf", exact: "2.4.1"),
    .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", exact: "0.2.0"),
  ],
  targets: [
    // What the programs have in common: addresses, signals, and the load's window, counts and report.
    .target(
      name: "BenchmarkProgram",
      dependencies: [
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Histogram", package: "hdrhistogram-swift"),
        .product(name: "NIOCore", package: "swift-nio"),
      ], swiftSettings: settings),

    .executableTarget(
      name: "grpc-swift-peer",
      dependencies: [
        "BenchmarkProgram",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "GRPCCore", package: "grpc-swift-2"),
        .product(name: "GRPCNIOTransportHTTP2Posix", package: "grpc-swift-nio-transport"),
        .product(name: "GRPCProtobuf", package: "grpc-swift-protobuf"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ], swiftSettings: settings),

    // The same service as JSON over HTTP/1.1.
    .target(name: "UserJSON", swiftSettings: settings),
    .executableTarget(
      name: "rest-server",
      dependencies: [
        "BenchmarkProgram", "UserJSON",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ThinGRPCProtobuf", package: "ThinGRPC"),
        .product(name: "UserProtos", package: "ThinGRPC"),
        .product(name: "UserTable", package: "ThinGRPC"),
      ], swiftSettings: settings),
    .executableTarget(
      name: "rest-client",
      dependencies: [
        "BenchmarkProgram", "UserJSON",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOFoundationCompat", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ], swiftSettings: settings),

    // Encoding and decoding alone: ThinGRPC's messages, swift-protobuf's, and protobuf-c's C structs as the floor has them.
    .target(
      name: "CCodec", cSettings: [.headerSearchPath("../../floor")],
      linkerSettings: [.linkedLibrary("grpc"), .linkedLibrary("gpr"), .linkedLibrary("protobuf-c")]),
    .target(
      name: "SwiftProtobufMessages",
      dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")], swiftSettings: settings),
    .target(
      name: "ShapeMessages",
      dependencies: [
        .product(name: "ThinGRPC", package: "ThinGRPC"),
        .product(name: "ThinGRPCProtobuf", package: "ThinGRPC"),
      ], swiftSettings: settings),
    .executableTarget(
      name: "codec-bench",
      dependencies: [
        "CCodec", "ShapeMessages", "SwiftProtobufMessages",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
        .product(name: "ThinGRPC", package: "ThinGRPC"),
        .product(name: "ThinGRPCProtobuf", package: "ThinGRPC"),
        .product(name: "UserProtos", package: "ThinGRPC"),
      ], swiftSettings: settings),
  ]
)
