package io.zigma.pipeline;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineProvider;
import ai.djl.repository.Repository;
import ai.djl.repository.RepositoryFactory;
import ai.djl.repository.zoo.ModelZoo;
import ai.djl.repository.zoo.ZooProvider;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Lets DJL find its parts whatever thread it is first used on.
 *
 * <p>DJL searches for engines, model zoos, repositories and native libraries through the context
 * class loader of the calling thread, most of them once a process. Threads of the common pool have
 * the system's class loader, which sees nothing of a program that was started from a fat jar
 * (Spring Boot) or that lives in a container: DJL would find nothing there, and remember it.
 */
public final class DjlServices {

    private static final ClassLoader OWN = DjlServices.class.getClassLoader();

    private static boolean registered;

    private DjlServices() {}

    /** A context class loader in the place of a thread's own, until it is closed. */
    public static final class Scope implements AutoCloseable {

        private final @Nullable ClassLoader before;
        private final boolean exchanged;

        private Scope(@Nullable ClassLoader before, boolean exchanged) {
            this.before = before;
            this.exchanged = exchanged;
        }

        /** Gives the thread its own class loader back; on the thread that opened this. */
        @Override
        public void close() {
            if (exchanged) {
                Thread.currentThread().setContextClassLoader(before);
            }
        }
    }

    /**
     * Gives this thread a context class loader that sees DJL and this library, if its own does not.
     *
     * @return to be closed on this thread
     */
    public static Scope visible() {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        if (sees(before)) {
            return new Scope(before, false);
        }
        thread.setContextClassLoader(OWN);
        return new Scope(before, true);
    }

    private static boolean sees(@Nullable ClassLoader loader) {
        try {
            return loader != null
                    && Class.forName(DjlServices.class.getName(), false, loader)
                            == DjlServices.class;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }

    /**
     * Makes DJL search for its engines, model zoos and repositories now, with this library's class
     * loader; adds those that it did not find earlier with another one. Done once; no native
     * library is loaded.
     */
    public static synchronized void register() {
        if (registered) {
            return;
        }
        try (Scope ignored = visible()) {
            for (EngineProvider engine : ServiceLoader.load(EngineProvider.class, OWN)) {
                if (!Engine.hasEngine(engine.getEngineName())) {
                    Engine.registerEngine(engine);
                }
            }
            for (RepositoryFactory factory : ServiceLoader.load(RepositoryFactory.class, OWN)) {
                Repository.registerRepositoryFactory(factory);
            }
            for (ZooProvider provider : ServiceLoader.load(ZooProvider.class, OWN)) {
                if (!ModelZoo.hasModelZoo(provider.getModelZoo().getGroupId())) {
                    ModelZoo.registerModelZoo(provider);
                }
            }
        }
        registered = true;
    }

    /** As {@link #register}, but failures of DJL are left to its next caller. */
    static void tryToRegister() {
        try {
            register();
        } catch (RuntimeException | LinkageError | ServiceConfigurationError e) {
            LoggerFactory.getLogger(DjlServices.class).debug("DJL's services", e);
        }
    }
}
