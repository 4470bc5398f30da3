package io.zigma.engine;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineProvider;
import ai.djl.pytorch.engine.PtEngineProvider;
import java.io.IOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works around a {@code DJL_DEFAULT_ENGINE} that names an engine which is not there.
 *
 * <p>DJL's class {@link Engine} refuses to load then, whatever engine is wanted, and no property
 * overrides the variable. So while it loads PyTorch is provided under that name, too.
 */
final class DefaultEngine {

    private static final Logger LOGGER = LoggerFactory.getLogger(DefaultEngine.class);

    private static final String SERVICES = "META-INF/services/" + EngineProvider.class.getName();

    private DefaultEngine() {}

    /** Loads DJL's class, if the variable prevents that. */
    static void admit(String named) {
        boolean there =
                ServiceLoader.load(EngineProvider.class).stream()
                        .anyMatch(provider -> provider.get().getEngineName().equals(named));
        if (there) {
            return;
        }
        LOGGER.warn("DJL_DEFAULT_ENGINE={} is not on the class path; PyTorch is used", named);
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(new OneMore(before));
        try {
            Engine.getAllEngines(); // loads the class
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** A class loader with one more provider. */
    private static final class OneMore extends ClassLoader {

        OneMore(ClassLoader parent) {
            super(parent);
        }

        @Override
        public Enumeration<URL> getResources(String name) throws IOException {
            Enumeration<URL> known = super.getResources(name);
            if (!name.equals(SERVICES)) {
                return known;
            }
            List<URL> all = new ArrayList<>(Collections.list(known));
            all.add(
                    Objects.requireNonNull(
                            DefaultEngine.class.getResource("default-engine-provider")));
            return Collections.enumeration(all);
        }
    }

    /** PyTorch under the name that the environment has for the default engine; DJL makes it. */
    public static final class Provider implements EngineProvider {

        private final EngineProvider pytorch = new PtEngineProvider();

        /** Creates the provider; DJL does. */
        public Provider() {}

        @Override
        public String getEngineName() {
            return System.getenv("DJL_DEFAULT_ENGINE");
        }

        @Override
        public int getEngineRank() {
            return Integer.MAX_VALUE;
        }

        @Override
        public Engine getEngine() {
            return pytorch.getEngine();
        }
    }
}
