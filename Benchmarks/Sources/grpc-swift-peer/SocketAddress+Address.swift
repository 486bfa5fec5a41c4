internal import BenchmarkProgram
internal import GRPCNIOTransportHTTP2Posix

extension SocketAddress {
  init(_ address: Address) {
    switch address {
    case .tcp(let host, let port):
      self = host.contains(":") ? .ipv6(host: host, port: port) : .ipv4(host: host, port: port)
    case .unix(let path): self = .unixDomainSocket(path: path)
    }
  }
}
