internal import ArgumentParser
internal import Foundation
internal import ThinGRPC
internal import ThinGRPCProtobuf
internal import UserProtos

/// A row of a file: what to ask for, or why that cannot be said.
enum ImportRow: Hashable {
  case request(CreateUserRequest, line: Int)
  case malformed(RefusedRow)

  init(line: Int, email: String, name: String, plan: String) {
    guard let plan = PlanName(rawValue: plan.lowercased()) else {
      self = .malformed(line: line, "plan must be free, pro or enterprise")
      return
    }
    self = .request(
      .with {
        $0.email = email
        $0.name = name
        $0.plan = plan.plan
      }, line: line)
  }

  /// A row that is refused here, with the code that the server would give it.
  static func malformed(line: Int, _ reason: String) -> ImportRow {
    .malformed(RefusedRow(line: line, code: "\(StatusCode.invalidArgument)", reason: reason))
  }
}

/// How an import's file is written.
enum ImportFormat: String, CaseIterable, ExpressibleByArgument {
  case csv, ndjson

  /// - Throws: `CommandError` when the name does not tell.
  init(fileName: String) throws(CommandError) {
    switch fileName.split(separator: ".").last?.lowercased() {
    case "csv": self = .csv
    case "ndjson", "jsonl", "json": self = .ndjson
    default:
      throw .badUsage("cannot tell how \(fileName) is written: give --format csv or ndjson")
    }
  }

  func reader() -> any ImportRowReader {
    switch self {
    case .csv: CSVRowReader()
    case .ndjson: JSONRowReader()
    }
  }
}

/// Reads rows out of bytes that arrive in pieces.
protocol ImportRowReader {
  mutating func read(_ bytes: [UInt8]) throws(CommandError) -> [ImportRow]
  mutating func finish() throws(CommandError) -> [ImportRow]
}

/// CSV with a header that says which column is which.
struct CSVRowReader: ImportRowReader {
  private struct Columns {
    let email: Int
    let name: Int
    let plan: Int
  }

  private var records = CSVReader()
  private var columns: Columns?

  mutating func read(_ bytes: [UInt8]) throws(CommandError) -> [ImportRow] {
    try rows(try records.read(bytes))
  }

  mutating func finish() throws(CommandError) -> [ImportRow] {
    let rows = try rows(try records.finish())
    guard columns != nil else {
      throw .malformed("the file is empty: a header with email, name and plan is needed")
    }
    return rows
  }

  private mutating func rows(_ records: [CSVReader.Record]) throws(CommandError) -> [ImportRow] {
    var rows: [ImportRow] = []
    for record in records {
      guard let columns else {
        columns = try Self.columns(record)
        continue
      }
      rows.append(Self.row(record, columns))
    }
    return rows
  }

  private static func columns(_ header: CSVReader.Record) throws(CommandError) -> Columns {
    let names = header.fields.map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
    func column(_ name: String) throws(CommandError) -> Int {
      let indices = names.indices.filter { names[$0] == name }
      guard let index = indices.first else {
        throw .malformed("line \(header.line): the header has no column \(name)")
      }
      guard indices.count == 1 else {
        throw .malformed("line \(header.line): the header has \(indices.count) columns \(name)")
      }
      return index
    }
    return Columns(email: try column("email"), name: try column("name"), plan: try column("plan"))
  }

  private static func row(_ record: CSVReader.Record, _ columns: Columns) -> ImportRow {
    guard record.fields.count > max(columns.email, columns.name, columns.plan) else {
      return .malformed(line: record.line, "has only \(record.fields.count) fields")
    }
    return ImportRow(
      line: record.line, email: record.fields[columns.email], name: record.fields[columns.name],
      plan: record.fields[columns.plan])
  }
}

/// One request a line, in protobuf's JSON.
struct JSONRowReader: ImportRowReader {
  private var lines = LineReader()

  mutating func read(_ bytes: [UInt8]) throws(CommandError) -> [ImportRow] {
    try lines.read(bytes).map(Self.row)
  }

  mutating func finish() throws(CommandError) -> [ImportRow] {
    try lines.finish().map(Self.row)
  }

  private static func row(_ line: LineReader.Line) -> ImportRow {
    // Other keys are ignored, as other columns are.
    let options = JSONDecodingOptions(ignoresUnknownFields: true)
    do throws(MessageCodingError) {
      let request = try CreateUserRequest(jsonBytes: line.bytes, options: options)
      guard request.plan != .unspecified else {
        return .malformed(
          line: line.number, "plan must be USER_PLAN_FREE, USER_PLAN_PRO or USER_PLAN_ENTERPRISE")
      }
      return .request(request, line: line.number)
    } catch {
      return .malformed(line: line.number, "\(error)")
    }
  }
}
