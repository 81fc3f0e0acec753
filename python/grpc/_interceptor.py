# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Interceptors, of both sides."""
import collections

from grpc import _api



class _ServicePipeline:
    def __init__(self, interceptors):
        self.interceptors = tuple(interceptors)

    def execute(self, thunk, context):
        def at(i):
            if i == len(self.interceptors):
                return thunk
            return lambda details: self.interceptors[i].intercept_service(at(i + 1), details)

        return at(0)(context)


def service_pipeline(interceptors):
    return _ServicePipeline(interceptors) if interceptors else None


_Details = collections.namedtuple(
    "_ClientCallDetails", ("method", "timeout", "metadata", "credentials", "wait_for_ready", "compression"))


class _ClientCallDetails(_Details, _api.ClientCallDetails):
    pass


def _unwrap(new, old):
    """The details that an interceptor passed on; what they lack is as it was."""
    return tuple(getattr(new, field, getattr(old, field)) for field in _Details._fields)


class _FailureOutcome(_api.RpcError, _api.Future, _api.Call):
    """An interceptor's own exception, as an outcome."""

    def __init__(self, exception, traceback):
        super().__init__()
        self._exception, self._traceback = exception, traceback

    def initial_metadata(self):
        return None

    trailing_metadata = initial_metadata

    def code(self):
        return _api.StatusCode.INTERNAL

    def details(self):
        return "Exception raised while intercepting the RPC"

    def cancel(self):
        return False

    cancelled = running = is_active = cancel

    def time_remaining(self):
        return None

    def add_callback(self, unused_callback):
        return False

    def done(self):
        return True

    def result(self, ignored_timeout=None):
        raise self._exception

    def exception(self, ignored_timeout=None):
        return self._exception

    def traceback(self, ignored_timeout=None):
        return self._traceback

    def add_done_callback(self, fn):
        fn(self)

    def __iter__(self):
        return self

    def __next__(self):
        raise self._exception

    next = __next__


class _UnaryOutcome(_api.Call, _api.Future):
    """A response that is there, and its call."""

    def __init__(self, response, call):
        self._response, self._call = response, call

    def initial_metadata(self):
        return self._call.initial_metadata()

    def trailing_metadata(self):
        return self._call.trailing_metadata()

    def code(self):
        return self._call.code()

    def details(self):
        return self._call.details()

    def is_active(self):
        return self._call.is_active()

    def time_remaining(self):
        return self._call.time_remaining()

    def cancel(self):
        return self._call.cancel()

    def add_callback(self, callback):
        return self._call.add_callback(callback)

    def cancelled(self):
        return False

    def running(self):
        return False

    def done(self):
        return True

    def result(self, ignored_timeout=None):
        return self._response

    def exception(self, ignored_timeout=None):
        return None

    def traceback(self, ignored_timeout=None):
        return None

    def add_done_callback(self, fn):
        fn(self)


def _failure(error):
    return _FailureOutcome(error, error.__traceback__)


class _Intercepted:
    """A multicallable with an interceptor before it."""

    def __init__(self, thunk, method, interceptor):
        self._thunk, self._method, self._interceptor = thunk, method, interceptor

    def _details(self, timeout, metadata, credentials, wait_for_ready, compression):
        return _ClientCallDetails(self._method, timeout, metadata, credentials, wait_for_ready, compression)

    def _intercept(self, intercept, go, details, request):
        """go(callable, request, arguments): what becomes of a call."""

        def continuation(new_details, new_request):
            method, timeout, metadata, credentials, wait_for_ready, compression = _unwrap(new_details, details)
            arguments = {"timeout": timeout, "metadata": metadata, "credentials": credentials,
                         "wait_for_ready": wait_for_ready, "compression": compression}
            return go(self._thunk(method), new_request, arguments)

        return intercept(continuation, details, request)


def _go_blocking(callable_, request, arguments):
    try:
        response, call = callable_.with_call(request, **arguments)
        return _UnaryOutcome(response, call)
    except _api.RpcError as error:
        return error
    except Exception as error:
        return _failure(error)


def _go_future(callable_, request, arguments):
    return callable_.future(request, **arguments)


def _go_stream(callable_, request, arguments):
    return callable_(request, **arguments)


class _UnaryResponse(_Intercepted):
    _verb = ""

    def __call__(self, request, timeout=None, metadata=None, credentials=None, wait_for_ready=None, compression=None):
        return self.with_call(request, timeout, metadata, credentials, wait_for_ready, compression)[0]

    def with_call(self, request, timeout=None, metadata=None, credentials=None, wait_for_ready=None,
                  compression=None):
        details = self._details(timeout, metadata, credentials, wait_for_ready, compression)
        call = self._intercept(getattr(self._interceptor, self._verb), _go_blocking, details, request)
        return call.result(), call

    def future(self, request, timeout=None, metadata=None, credentials=None, wait_for_ready=None, compression=None):
        details = self._details(timeout, metadata, credentials, wait_for_ready, compression)
        try:
            return self._intercept(getattr(self._interceptor, self._verb), _go_future, details, request)
        except Exception as error:
            return _failure(error)


class _StreamResponse(_Intercepted):
    _verb = ""

    def __call__(self, request, timeout=None, metadata=None, credentials=None, wait_for_ready=None, compression=None):
        details = self._details(timeout, metadata, credentials, wait_for_ready, compression)
        try:
            return self._intercept(getattr(self._interceptor, self._verb), _go_stream, details, request)
        except Exception as error:
            return _failure(error)


class _UnaryUnaryMultiCallable(_UnaryResponse, _api.UnaryUnaryMultiCallable):
    _verb = "intercept_unary_unary"


class _StreamUnaryMultiCallable(_UnaryResponse, _api.StreamUnaryMultiCallable):
    _verb = "intercept_stream_unary"


class _UnaryStreamMultiCallable(_StreamResponse, _api.UnaryStreamMultiCallable):
    _verb = "intercept_unary_stream"


class _StreamStreamMultiCallable(_StreamResponse, _api.StreamStreamMultiCallable):
    _verb = "intercept_stream_stream"


class _Channel(_api.Channel):
    def __init__(self, channel, interceptor):
        self._channel, self._interceptor = channel, interceptor

    def subscribe(self, callback, try_to_connect=False):
        self._channel.subscribe(callback, try_to_connect=try_to_connect)

    def unsubscribe(self, callback):
        self._channel.unsubscribe(callback)

    def _make(self, name, interface, wrapper, method, request_serializer, response_deserializer, registered):
        def thunk(m):
            return getattr(self._channel, name)(
                m, request_serializer, response_deserializer, _registered_method=registered)

        return wrapper(thunk, method, self._interceptor) if isinstance(self._interceptor, interface) else thunk(method)

    def unary_unary(self, method, request_serializer=None, response_deserializer=None, _registered_method=False):
        return self._make("unary_unary", _api.UnaryUnaryClientInterceptor, _UnaryUnaryMultiCallable, method,
                          request_serializer, response_deserializer, _registered_method)

    def unary_stream(self, method, request_serializer=None, response_deserializer=None, _registered_method=False):
        return self._make("unary_stream", _api.UnaryStreamClientInterceptor, _UnaryStreamMultiCallable, method,
                          request_serializer, response_deserializer, _registered_method)

    def stream_unary(self, method, request_serializer=None, response_deserializer=None, _registered_method=False):
        return self._make("stream_unary", _api.StreamUnaryClientInterceptor, _StreamUnaryMultiCallable, method,
                          request_serializer, response_deserializer, _registered_method)

    def stream_stream(self, method, request_serializer=None, response_deserializer=None, _registered_method=False):
        return self._make("stream_stream", _api.StreamStreamClientInterceptor, _StreamStreamMultiCallable, method,
                          request_serializer, response_deserializer, _registered_method)

    def close(self):
        self._channel.close()


_CLIENT_INTERCEPTORS = (
    _api.UnaryUnaryClientInterceptor,
    _api.UnaryStreamClientInterceptor,
    _api.StreamUnaryClientInterceptor,
    _api.StreamStreamClientInterceptor,
)


def intercept_channel(channel, *interceptors):
    for interceptor in reversed(interceptors):
        if not isinstance(interceptor, _CLIENT_INTERCEPTORS):
            raise TypeError(
                "interceptor must be "
                "grpc.UnaryUnaryClientInterceptor or "
                "grpc.UnaryStreamClientInterceptor or "
                "grpc.StreamUnaryClientInterceptor or "
                "grpc.StreamStreamClientInterceptor"
            )
        channel = _Channel(channel, interceptor)
    return channel
