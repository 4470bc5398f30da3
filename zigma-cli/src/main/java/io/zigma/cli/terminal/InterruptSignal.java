package io.zigma.cli.terminal;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * Ctrl-C, each time it is typed: once the end has begun, the Java machine itself passes over it.
 *
 * <p>Through reflection, because the class for signals is one that a Java need not have, and that
 * the compiler warns of.
 */
final class InterruptSignal implements AutoCloseable {

    private final @Nullable Object signal;
    private final @Nullable Object handlerBefore;

    private InterruptSignal(@Nullable Object signal, @Nullable Object handlerBefore) {
        this.signal = signal;
        this.handlerBefore = handlerBefore;
    }

    /**
     * Has a reaction run for each signal in place of what was done before, until it is closed.
     * Where signals cannot be handled, or are ignored as in background jobs, all stays as it is.
     */
    static InterruptSignal handledBy(Runnable reaction) {
        try {
            Object signal = signals().getConstructor(String.class).newInstance("INT");
            InvocationHandler handler =
                    (proxy, method, arguments) ->
                            switch (method.getName()) {
                                case "handle" -> {
                                    reaction.run();
                                    yield null;
                                }
                                case "hashCode" -> System.identityHashCode(proxy);
                                case "equals" -> proxy == arguments[0];
                                default -> "zigma's reaction to Ctrl-C";
                            };
            Object proxy =
                    Proxy.newProxyInstance(
                            InterruptSignal.class.getClassLoader(),
                            new Class<?>[] {handlers()},
                            handler);
            return new InterruptSignal(signal, install(signal, proxy));
        } catch (ReflectiveOperationException | RuntimeException e) {
            return new InterruptSignal(null, null);
        }
    }

    @Override
    public void close() {
        if (signal == null || handlerBefore == null) {
            return;
        }
        try {
            install(signal, handlerBefore);
        } catch (ReflectiveOperationException | RuntimeException e) {
            // it could be installed, so this cannot happen; Ctrl-C is still handled
        }
    }

    private static @Nullable Object install(Object signal, Object handler)
            throws ReflectiveOperationException {
        return signals().getMethod("handle", signals(), handlers()).invoke(null, signal, handler);
    }

    private static Class<?> signals() throws ClassNotFoundException {
        return Class.forName("sun.misc.Signal");
    }

    private static Class<?> handlers() throws ClassNotFoundException {
        return Class.forName("sun.misc.SignalHandler");
    }
}
