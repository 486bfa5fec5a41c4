// What is in this module is generated on command, in Generated. SwiftPM wants a Swift file in every target.
