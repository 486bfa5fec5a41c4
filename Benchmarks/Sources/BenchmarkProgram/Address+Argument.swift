public import ArgumentParser

extension Address: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
