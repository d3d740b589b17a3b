INSERT INTO live_ties (operation_id, organization_id, tie, engagement_id)
    SELECT l.operation_id, l.organization_id, 'line ' || lower(hex(l.engagement_id)), l.engagement_id
    FROM live_lines l;
INSERT INTO live_ties (operation_id, organization_id, tie, engagement_id)
    SELECT l.operation_id, l.organization_id, k.role || ' ' || lower(hex(k.target_id)), l.engagement_id
    FROM live_lines l JOIN links k
        ON k.operation_id = l.operation_id AND k.owner_id = l.engagement_id
    WHERE k.role IN ('partner', 'follows');
