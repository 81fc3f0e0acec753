
ú
$google/protobuf/source_context.protogoogle.protobuf",
SourceContext
	file_name (	RfileNameBŠ
com.google.protobufBSourceContextProtoPZ6google.golang.org/protobuf/types/known/sourcecontextpb¢GPBªGoogle.Protobuf.WellKnownTypesbproto3