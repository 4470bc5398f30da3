package io.zigma.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The engine's own attention kernel, which DJL has no method for: softmax(q·kᵀ / √d)·v without the
 * matrix of all pairs in memory (Dao et al. 2022).
 *
 * <p>DJL runs TorchScript, and TorchScript reaches every operator of the engine. The script is made
 * here: an archive that holds a module without parameters and one method.
 */
final class AttentionScript implements AutoCloseable {

    private static final String CODE =
            """
            class Attention(Module):
              __parameters__ = []
              __buffers__ = []
              training : bool
              def forward(self: __torch__.Attention,
                q: Tensor,
                k: Tensor,
                v: Tensor) -> Tensor:
                return torch.scaled_dot_product_attention(q, k, v)
            """;

    /** Pickle, protocol 2: an object of that class whose state is {"training": False}. */
    private static final String OBJECT =
            "\u0080\u0002c__torch__\nAttention\n)\u0081}X\u0008\0\0\0training\u0089sb.";

    /** Pickle, protocol 2: an empty tuple. */
    private static final String NO_CONSTANTS = "\u0080\u0002).";

    private final PtSymbolBlock module;
    private final ParameterStore noParameters;

    /**
     * Loads the script.
     *
     * @param manager of the engine, owns the script
     */
    AttentionScript(NDManager manager) {
        noParameters = new ParameterStore(manager, false);
        try {
            module =
                    JniUtils.loadModule(
                            (PtNDManager) manager,
                            new ByteArrayInputStream(archive()),
                            false,
                            false);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // nothing is read from outside this process
        }
    }

    /**
     * Attends.
     *
     * @param q queries (B, H, L, d)
     * @param k keys (B, H, L, d)
     * @param v values (B, H, L, d)
     * @return (B, H, L, d); no gradient flows through it
     */
    NDArray apply(NDArray q, NDArray k, NDArray v) {
        return module.forward(noParameters, new NDList(q, k, v), false).singletonOrThrow();
    }

    @Override
    public void close() {
        module.close();
    }

    private static byte[] archive() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            store(zip, "attention/data.pkl", OBJECT.getBytes(StandardCharsets.ISO_8859_1));
            store(zip, "attention/code/__torch__.py", CODE.getBytes(StandardCharsets.US_ASCII));
            store(
                    zip,
                    "attention/constants.pkl",
                    NO_CONSTANTS.getBytes(StandardCharsets.ISO_8859_1));
            store(zip, "attention/version", "3\n".getBytes(StandardCharsets.US_ASCII));
        }
        return bytes.toByteArray();
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 sum = new CRC32();
        sum.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(sum.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
