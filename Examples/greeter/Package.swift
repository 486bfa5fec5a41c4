// swift-tools-version: 6.2
import PackageDescription

// The two ways to have SwiftPM generate code: `GreeterProtos` is generated at every build, `CommittedProtos` on command.
let package = Package(
  name: "greeter-example",
  dependencies: [.package(name: "ThinGRPC", path: "../..")],
  targets: [
    .target(
      name: "GreeterProtos",
      dependencies: [
        "CommittedProtos",
        .product(name: "ThinGRPC", package: "ThinGRPC"),
        .product(name: "ThinGRPCProtobuf", package: "ThinGRPC"),
      ],
      plugins: [.plugin(name: "ThinGRPCGenerator", package: "ThinGRPC")]),
    // Stand-ins for the clients, for tests alone.
    .target(
      name: "GreeterMocks",
      dependencies: ["GreeterProtos", "CommittedProtos", .product(name: "ThinGRPC", package: "ThinGRPC")],
      plugins: [.plugin(name: "ThinGRPCGenerator", package: "ThinGRPC")]),
    // `swift package --allow-writing-to-package-directory generate-grpc` writes its code.
    .target(
      name: "CommittedProtos",
      dependencies: [
        .product(name: "ThinGRPC", package: "ThinGRPC"),
        .product(name: "ThinGRPCProtobuf", package: "ThinGRPC"),
      ],
      exclude: ["thin-grpc.json"]),
    .target(name: "Greetings", dependencies: ["GreeterProtos", "CommittedProtos"]),
    .testTarget(name: "GreetingsTests", dependencies: ["Greetings", "GreeterMocks"]),
  ]
)
