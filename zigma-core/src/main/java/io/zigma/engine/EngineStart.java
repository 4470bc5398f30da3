package io.zigma.engine;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.util.Utils;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the PyTorch engine, once for the process.
 *
 * <p>DJL unpacks the engine's libraries from the class path into its cache folder and loads them
 * from there, and it obeys environment variables that other software sets for its own purposes.
 * This class does the unpacking itself, into the same files, so that an unusable folder is reported
 * with the reason; and it makes {@code PYTORCH_VERSION}, {@code PYTORCH_FLAVOR} and {@code
 * DJL_DEFAULT_ENGINE} count only beside {@code PYTORCH_LIBRARY_PATH}, which is DJL's alone, or
 * where {@code ZIGMA_ENGINE=djl} leaves everything to DJL.
 */
public final class EngineStart {

    private static final Logger LOGGER = LoggerFactory.getLogger(EngineStart.class);

    private static final String PYTORCH = "PyTorch";

    private static volatile @Nullable Engine started;

    /** The version of the libraries on the class path, where the engine would report another. */
    private static volatile @Nullable String version;

    private static @Nullable EngineStartException failure;
    private static boolean prepared;

    private EngineStart() {}

    /**
     * Returns the engine, started.
     *
     * @return the one engine of the process
     * @throws EngineStartException if it cannot start; the same each time
     */
    public static Engine engine() {
        Engine engine = started;
        return engine == null ? startOnce() : engine;
    }

    /**
     * Makes a manager of arrays that the caller owns.
     *
     * @param device of its arrays
     * @return a manager to be closed
     * @throws EngineStartException if the engine cannot start
     */
    public static NDManager newManager(Device device) {
        return engine().newBaseManager(device);
    }

    /**
     * Makes a manager of arrays in main memory: the engine's own default is the first GPU wherever
     * there is one.
     *
     * @return a manager to be closed
     * @throws EngineStartException if the engine cannot start
     */
    public static NDManager newManager() {
        return engine().newBaseManager(Device.cpu());
    }

    /**
     * Returns the version of PyTorch that runs, whatever the environment says.
     *
     * @return such as {@code 2.7.1}
     * @throws EngineStartException if the engine cannot start
     */
    public static String version() {
        String named = engine().getVersion();
        String bundled = version;
        return bundled == null ? named : bundled;
    }

    /**
     * Sets what DJL's classes read when they are loaded: to be called before them where that is
     * possible. Starts nothing.
     */
    public static synchronized void prepare() {
        if (prepared) {
            return;
        }
        prepared = true;
        EngineCache.choose();
        String defaultEngine = System.getenv("DJL_DEFAULT_ENGINE");
        if (defaultEngine != null && !defaultEngine.isEmpty() && !leftToDjl()) {
            DefaultEngine.admit(defaultEngine);
        }
    }

    private static synchronized Engine startOnce() {
        Engine engine = started;
        if (engine != null) {
            return engine;
        }
        if (failure != null) {
            throw failure;
        }
        try {
            prepare();
            engine = start();
            started = engine;
            return engine;
        } catch (EngineStartException e) {
            failure = e;
            throw e;
        }
    }

    private static Engine start() {
        EngineCache.requireOwn();
        JnaFolder.choose();
        Optional<EngineLibraries> libraries = Optional.empty();
        try {
            libraries = EngineLibraries.ofClassPath();
            if (libraries.isPresent() && !isSet("PYTORCH_LIBRARY_PATH")) {
                EngineLibraries found = libraries.get();
                found.unpack();
                ignoreOtherVersion(found);
            }
            Engine engine = Engine.getEngine(PYTORCH);
            Tf32.choose(engine);
            return engine;
        } catch (IOException e) {
            throw EngineFailure.ofUnpacking(libraries, e);
        } catch (RuntimeException | LinkageError e) {
            throw EngineFailure.ofLoading(libraries, e);
        }
    }

    /** A version that the environment sets for other software would be downloaded. */
    private static void ignoreOtherVersion(EngineLibraries libraries) {
        String named = Utils.getEnvOrSystemProperty("PYTORCH_VERSION", "");
        if (!named.isEmpty() && !libraries.version().startsWith(named) && !leftToDjl()) {
            LOGGER.warn(
                    "PYTORCH_VERSION={} does not count: the libraries on the class path are {}"
                            + " (ZIGMA_ENGINE=djl lets it)",
                    named,
                    libraries.version());
            System.setProperty("PYTORCH_LIBRARY_PATH", libraries.folder().toString());
            version = libraries.version().replaceFirst("-.*", "");
        }
    }

    private static boolean leftToDjl() {
        return Utils.getEnvOrSystemProperty("ZIGMA_ENGINE", "").equals("djl");
    }

    private static boolean isSet(String name) {
        return !Utils.getEnvOrSystemProperty(name, "").isEmpty();
    }
}
