package io.zigma.op;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.lang.module.ModuleFinder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether this Java can run the fused kernels fast, which are written for the Vector API.
 *
 * <p>That takes the incubating module, which only an option adds, and HotSpot's optimising compiler
 * C2: without it each vector is an object, and a kernel takes some forty times as long as plain
 * operations do. Where either is missing the engine's own operations take over.
 */
public final class VectorSupport {

    private static final String MODULE = "jdk.incubator.vector";

    /** The highest level of compilation, C2's. */
    private static final int HIGHEST_LEVEL = 4;

    private static final Optional<String> MISSING =
            Optional.ofNullable(
                    missing(
                            ModuleLayer.boot().findModule(MODULE).isPresent(),
                            ModuleFinder.ofSystem().find(MODULE).isPresent(),
                            System.getProperty("java.vm.info", ""),
                            compilationLevel()));

    private VectorSupport() {}

    /**
     * Returns what is missing and how to add it, in one line.
     *
     * @return empty where the kernels are in use
     */
    public static Optional<String> missing() {
        return MISSING;
    }

    /**
     * Decides.
     *
     * @param added whether Java was started with the module
     * @param there whether it could be
     * @param machine the description of the virtual machine
     * @param level the highest level of compilation that it may use
     * @return what is missing, or null
     */
    static @Nullable String missing(boolean added, boolean there, String machine, int level) {
        if (!there) {
            return "slower operations are used, because this Java was made without the module %s; take a whole JDK or JRE"
                    .formatted(MODULE);
        }
        if (!added) {
            return "slower operations are used, because Java was started without the Vector API; add --add-modules %s to its options"
                    .formatted(MODULE);
        }
        if (machine.contains("interpreted")) {
            return "slower operations are used, because Java only interprets; leave out -Xint";
        }
        if (machine.contains("emulated-client") || level < HIGHEST_LEVEL) {
            return "slower operations are used, because Java was started without its optimising compiler; leave out -XX:TieredStopAtLevel (Spring Boot's run goal sets it: optimizedLaunch=false)";
        }
        return null;
    }

    private static int compilationLevel() {
        try {
            HotSpotDiagnosticMXBean machine =
                    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            return machine == null
                    ? HIGHEST_LEVEL
                    : Integer.parseInt(machine.getVMOption("TieredStopAtLevel").getValue());
        } catch (IllegalArgumentException | LinkageError e) {
            return HIGHEST_LEVEL; // a virtual machine with other compilers
        }
    }
}
