/// The version of this package, which every program of it says with `--version`.
package let thinGRPCVersion = "0.1.0"
