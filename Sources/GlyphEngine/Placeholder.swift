import HummingbirdCore
import HTTPTypes
import Logging
import NIOPosix
