// What is in this module is generated from ../../protos at every build. SwiftPM wants a Swift file in every target.
