internal import ThinGRPC

// The types of google/protobuf that are something else than an object of their fields.
extension JSONWriter {
  mutating func write(_ image: UnsafeRawPointer, as type: WellKnownType) throws(JSONFailure) {
    let table = unsafe messageTable(of: image)
    guard let fields = unsafe table.pointee.fields.baseAddress else { return }
    let first = unsafe FieldValues(of: fields.pointee, in: image)
    switch type {
    case .wrapper: try unsafe write(wrapped: first, fields)
    case .structure: try unsafe write(map: first, fields)
    case .listValue: try unsafe write(list: first, fields)
    case .fieldMask: try write(paths: first)
    case .any: try unsafe write(any: image, fields)
    case .timestamp:
      let (seconds, nanoseconds) = unsafe time(in: image, fields)
      try write(timestamp: seconds, nanoseconds)
    case .duration:
      let (seconds, nanoseconds) = unsafe time(in: image, fields)
      try write(duration: seconds, nanoseconds)
    case .value:
      for index in unsafe 0..<table.pointee.fields.count where unsafe fields[index].isPresent(in: image) {
        return try unsafe write(value: fields + index, in: image)
      }
      throw JSONFailure("a google.protobuf.Value has no kind of value")
    }
  }

  private mutating func write(
    wrapped values: FieldValues, _ field: UnsafeMutablePointer<FieldTable>
  ) throws(JSONFailure) {
    if values.count > 0 { return try unsafe write(field, at: values[0]) }
    let zero: (UInt64, UInt64) = (0, 0)
    try unsafe withUnsafeBytes(of: zero) { zero throws(JSONFailure) in
      guard let place = zero.baseAddress else { return }
      try unsafe write(field, at: place)
    }
  }

  private mutating func write(
    value field: UnsafeMutablePointer<FieldTable>, in image: UnsafeRawPointer
  ) throws(JSONFailure) {
    let place = unsafe image + field.pointee.valueOffset
    if unsafe field.pointee.kind == .double, unsafe !place.load(as: Double.self).isFinite {
      throw JSONFailure("a google.protobuf.Value is not a finite number, which JSON does not have")
    }
    try unsafe write(field, at: place)
  }

  private func time(
    in image: UnsafeRawPointer, _ fields: UnsafeMutablePointer<FieldTable>
  ) -> (seconds: Int64, nanoseconds: Int32) {
    let seconds = unsafe FieldValues(of: fields[0], in: image)
    let nanoseconds = unsafe FieldValues(of: fields[1], in: image)
    return (
      seconds.count > 0 ? unsafe seconds[0].load(as: Int64.self) : 0,
      nanoseconds.count > 0 ? unsafe nanoseconds[0].load(as: Int32.self) : 0
    )
  }

  private mutating func write(timestamp seconds: Int64, _ nanoseconds: Int32) throws(JSONFailure) {
    guard JSONTime.timestampSeconds.contains(seconds), 0..<1_000_000_000 ~= nanoseconds else {
      throw JSONFailure("a google.protobuf.Timestamp is not of the years 1 to 9999")
    }
    let time = JSONTime(secondsSinceEpoch: seconds)
    output.append(UInt8(ascii: "\""))
    output.append(UInt64(time.year), digitCount: 4)
    output.append(UInt8(ascii: "-"))
    output.append(UInt64(time.month), digitCount: 2)
    output.append(UInt8(ascii: "-"))
    output.append(UInt64(time.day), digitCount: 2)
    output.append(UInt8(ascii: "T"))
    output.append(UInt64(time.secondOfDay / 3600), digitCount: 2)
    output.append(UInt8(ascii: ":"))
    output.append(UInt64(time.secondOfDay / 60 % 60), digitCount: 2)
    output.append(UInt8(ascii: ":"))
    output.append(UInt64(time.secondOfDay % 60), digitCount: 2)
    write(fraction: nanoseconds.magnitude)
    output.append("Z\"")
  }

  private mutating func write(duration seconds: Int64, _ nanoseconds: Int32) throws(JSONFailure) {
    guard JSONTime.durationSeconds.contains(seconds), nanoseconds.magnitude < 1_000_000_000,
      seconds.signum() * Int64(nanoseconds.signum()) >= 0
    else {
      throw JSONFailure("a google.protobuf.Duration is longer than 10,000 years, or has parts of both signs")
    }
    output.append(UInt8(ascii: "\""))
    if seconds < 0 || nanoseconds < 0 { output.append(UInt8(ascii: "-")) }
    output.append(seconds.magnitude)
    write(fraction: nanoseconds.magnitude)
    output.append("s\"")
  }

  /// Nothing, or three, six or nine digits.
  private mutating func write(fraction nanoseconds: UInt32) {
    if nanoseconds == 0 { return }
    output.append(UInt8(ascii: "."))
    if nanoseconds % 1_000_000 == 0 {
      output.append(UInt64(nanoseconds / 1_000_000), digitCount: 3)
    } else if nanoseconds % 1000 == 0 {
      output.append(UInt64(nanoseconds / 1000), digitCount: 6)
    } else {
      output.append(UInt64(nanoseconds), digitCount: 9)
    }
  }

  /// Paths with their names in lowerCamelCase, which must be the way back to them.
  private mutating func write(paths: FieldValues) throws(JSONFailure) {
    output.append(UInt8(ascii: "\""))
    for index in 0..<paths.count {
      if index > 0 { output.append(UInt8(ascii: ",")) }
      let path = unsafe bytes(at: paths[index])
      var isCapital = false
      for index in 0..<path.count {
        let byte = unsafe path[index]
        let isLowercase = UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
        guard !isCapital || isLowercase, JSONWriter.isOfFieldMask(byte) else {
          throw JSONFailure("a path of a google.protobuf.FieldMask has no form in JSON")
        }
        if byte == UInt8(ascii: "_") {
          isCapital = true
        } else {
          output.append(isCapital ? byte - 32 : byte)
          isCapital = false
        }
      }
      guard !isCapital, path.count > 0 else {
        throw JSONFailure("a path of a google.protobuf.FieldMask has no form in JSON")
      }
    }
    output.append(UInt8(ascii: "\""))
  }

  /// Whether a character of a path stays as it is, or is an underscore.
  private static func isOfFieldMask(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
      UInt8(ascii: "."):
      true
    default: false
    }
  }

  private mutating func write(
    any image: UnsafeRawPointer, _ fields: UnsafeMutablePointer<FieldTable>
  ) throws(JSONFailure) {
    let url = unsafe text(of: FieldValues(of: fields[0], in: image))
    let content = unsafe text(of: FieldValues(of: fields[1], in: image))
    if url.isEmpty, content.isEmpty { return output.append("{}") }
    let typeURL = unsafe String(decoding: url, as: UTF8.self)
    guard let type = options.types.type(forURL: typeURL) else {
      throw JSONFailure("the type of a google.protobuf.Any, \(typeURL), is not in the options' registry")
    }
    begin(UInt8(ascii: "{"))
    var isEmpty = true
    beginElement(&isEmpty)
    output.append("\"@type\"")
    writeColon()
    unsafe output.append(quoted: url)
    var failure: JSONFailure?
    do {
      try unsafe type.withImage(decoding: UnsafeRawBufferPointer(content)) { message in
        do throws(JSONFailure) {
          if unsafe messageTable(of: message).pointee.wellKnownType == nil {
            try unsafe write(fieldsOf: message, &isEmpty)
          } else {
            beginElement(&isEmpty)
            output.append("\"value\"")
            writeColon()
            try unsafe write(message: message)
          }
        } catch let inner {
          failure = inner
        }
      }
    } catch {
      throw JSONFailure("the content of a google.protobuf.Any", error)
    }
    if let failure { throw failure }
    end(UInt8(ascii: "}"), isEmpty: isEmpty)
  }

  private func text(of values: FieldValues) -> UnsafeBufferPointer<UInt8> {
    values.count > 0 ? unsafe bytes(at: values[0]) : unsafe UnsafeBufferPointer(start: nil, count: 0)
  }
}
