package io.zigma.backbone.adm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import io.zigma.base.Named;

/** In which order the channels of one projection are queries, keys and values. */
public enum QkvOrder implements Named {
    /** Head by head, of each its queries, keys and values (official {@code QKVAttentionLegacy}). */
    BY_HEAD("by-head") {
        @Override
        NDList split(NDArray qkv, int heads) {
            Shape shape = qkv.getShape();
            long batch = shape.get(0);
            long length = shape.get(1);
            long size = shape.get(2) / 3;
            NDList parts = qkv.reshape(batch, length, heads, 3, size / heads).split(3, 3);
            return new NDList(
                    parts.stream().map(part -> part.reshape(batch, length, size)).toList());
        }
    },
    /** All queries, all keys, all values (official {@code use_new_attention_order}). */
    BY_KIND("by-kind") {
        @Override
        NDList split(NDArray qkv, int heads) {
            return qkv.split(3, 2);
        }
    };

    private final String label;

    QkvOrder(String label) {
        this.label = label;
    }

    /**
     * Separates queries, keys and values.
     *
     * @param qkv (B, L, 3·C)
     * @param heads H, a divisor of C
     * @return three of (B, L, C), head by head
     */
    abstract NDList split(NDArray qkv, int heads);

    @Override
    public String label() {
        return label;
    }
}
