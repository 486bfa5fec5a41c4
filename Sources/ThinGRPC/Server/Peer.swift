internal import GRPCRuntime

/// Who is at the other end of a connection.
public struct Peer: Sendable, Hashable {
  /// The address, such as `ipv4:127.0.0.1:50051`, or `unix:` for a unix socket; `unknown` once the call is cancelled.
  public var address: String
  /// How the connection is secured.
  public var securityLevel: SecurityLevel
  /// Who the peer is by its certificate; nil unless the certificate was verified against the roots of this side.
  ///
  /// A certificate that was asked for but not verified (``ClientCertificatePolicy/requestedUnverified``) leaves it nil.
  public var identity: PeerIdentity?

  /// Makes a description of a peer, as tests of what uses one need it.
  public init(address: String, securityLevel: SecurityLevel = .none, identity: PeerIdentity? = nil) {
    self.address = address
    self.securityLevel = securityLevel
    self.identity = identity
  }
}

/// How a connection is secured, the weakest first (`grpc_security_level`).
public enum SecurityLevel: Sendable, Hashable, Comparable {
  /// Not at all.
  case none
  /// What is sent cannot be changed on its way, but read.
  case integrityOnly
  /// What is sent can neither be read nor changed on its way. Also said of local credentials, whose data stays on the machine.
  case privacyAndIntegrity
}

/// The names in a peer's verified certificate.
public struct PeerIdentity: Sendable, Hashable {
  /// The subject in the notation of RFC 2253, such as `CN=client,O=Example`.
  public var subject: String
  /// The common name of the subject.
  public var commonName: String?
  /// The subject alternative names that are DNS names, as the certificate has them: possibly with a wildcard.
  public var dnsNames: [String]
  /// The subject alternative names that are URIs.
  public var uris: [String]
  /// The subject alternative names that are addresses of electronic mail.
  public var emailAddresses: [String]
  /// The subject alternative names that are IP addresses, in their usual notation.
  public var ipAddresses: [String]
  /// The SPIFFE ID, such as `spiffe://example.org/service`, where the certificate has exactly one URI and it is one.
  public var spiffeID: String?
  /// The certificates that the peer sent, its own first, in PEM.
  public var certificateChainPEM: String

  /// Makes a description of an identity, as tests of what uses one need it.
  public init(
    subject: String, commonName: String? = nil, dnsNames: [String] = [], uris: [String] = [],
    emailAddresses: [String] = [], ipAddresses: [String] = [], spiffeID: String? = nil,
    certificateChainPEM: String = ""
  ) {
    self.subject = subject
    self.commonName = commonName
    self.dnsNames = dnsNames
    self.uris = uris
    self.emailAddresses = emailAddresses
    self.ipAddresses = ipAddresses
    self.spiffeID = spiffeID
    self.certificateChainPEM = certificateChainPEM
  }
}

extension Peer {
  init(_ call: CallHandle) {
    let properties = call.authProperties
    self.init(
      address: call.peer, securityLevel: SecurityLevel(properties), identity: PeerIdentity(properties))
  }
}

extension SecurityLevel {
  init(_ properties: [AuthProperty]) {
    switch properties.first(named: "security_level") {
    case "TSI_PRIVACY_AND_INTEGRITY": self = .privacyAndIntegrity
    case "TSI_INTEGRITY_ONLY": self = .integrityOnly
    default: self = .none
    }
  }
}

extension PeerIdentity {
  /// The identity that the core has verified; nil where it has not.
  ///
  /// The core does not say whether it verified a certificate. All that verifies is made of its `tls` credentials; those that ask for
  /// a certificate and look no further are made of `ssl` ones.
  init?(_ properties: [AuthProperty]) {
    guard properties.first(named: "transport_security_type") == "tls",
      let certificate = properties.first(named: "x509_pem_cert")
    else { return nil }
    self.init(
      subject: properties.first(named: "x509_subject") ?? "",
      commonName: properties.first(named: "x509_common_name"),
      dnsNames: properties.all(named: "peer_dns"), uris: properties.all(named: "peer_uri"),
      emailAddresses: properties.all(named: "peer_email"), ipAddresses: properties.all(named: "peer_ip"),
      spiffeID: properties.all(named: "peer_spiffe_id").first { $0.isSPIFFEID },
      certificateChainPEM: properties.first(named: "x509_pem_cert_chain") ?? certificate)
  }
}

extension [AuthProperty] {
  fileprivate func first(named name: String) -> String? { first { $0.name == name }?.value }

  fileprivate func all(named name: String) -> [String] { filter { $0.name == name }.map(\.value) }
}
